package match

import (
	"regexp/syntax"
	"strings"
)

// needed returns strings that everything re matches has, one after the other,
// as far as they are easily seen. Leading says that re is at the beginning:
// what belongs to the prefix is then left out, and they all come after it.
func needed(re *syntax.Regexp, leading bool) (pieces []string) {
	switch re.Op {
	case syntax.OpLiteral:
		if s, whole := literal(re); whole && !leading {
			return []string{s}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0], leading)
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0], leading)
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			pieces = append(pieces, needed(sub, leading)...)
			if leading {
				_, leading = literal(sub)
			}
		}
	}
	return pieces
}

// hasAll reports whether s has the pieces in that order, none over another.
func hasAll(s string, pieces []string) bool {
	for _, piece := range pieces {
		i := strings.Index(s, piece)
		if i < 0 {
			return false
		}
		s = s[i+len(piece):]
	}
	return true
}
