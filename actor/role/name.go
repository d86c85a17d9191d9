package role

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the length of the longest name of a role, in bytes.
const MaxName = 64

// MaxOrdinal is the greatest number that Add gives to a role.
const MaxOrdinal = 999_999

// CheckName returns what keeps name from being the name of a role: it is empty,
// longer than MaxName, not UTF-8, has a separator or a control character,
// begins with a dot, a dash or a space, ends with a space, or begins with
// "group", which is reserved.
func CheckName(name string) error {
	reason := ""
	switch {
	case name == "":
		return fmt.Errorf("the name of the role is empty")
	case len(name) > MaxName:
		reason = fmt.Sprintf("the name has %d bytes, at most %d are allowed", len(name), MaxName)
	case !utf8.ValidString(name):
		reason = "the name is not valid UTF-8"
	case strings.ContainsAny(name, `/\`):
		reason = "the name has a separator"
	case strings.ContainsFunc(name, unicode.IsControl):
		reason = "the name has a control character"
	case strings.ContainsRune(".- ", rune(name[0])):
		reason = fmt.Sprintf("the name begins with %q", name[0])
	case name[len(name)-1] == ' ':
		reason = "the name ends with a space"
	case strings.HasPrefix(name, "group"):
		reason = "names that begin with group are reserved"
	default:
		return nil
	}
	return fmt.Errorf("%s: %s", printable(name), reason)
}

// printable is name as it is, or quoted if it would spoil a line.
func printable(name string) string {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", name)
	}
	return name
}

// compareNames orders names as people count: worker-2 before worker-10. Runs of
// digits compare as numbers; names that are equal in this way compare by bytes,
// so that the order is total.
func compareNames(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		n, m := digits(x), digits(y)
		if n == 0 || m == 0 {
			if x[0] != y[0] {
				return cmp.Compare(x[0], y[0])
			}
			n, m = 1, 1
		} else if c := compareNumbers(x[:n], y[:m]); c != 0 {
			return c
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(a, b))
}

// digits is the length of the run of digits at the start of s.
func digits(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return r < '0' || '9' < r })
	if n < 0 {
		return len(s)
	}
	return n
}

func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}
