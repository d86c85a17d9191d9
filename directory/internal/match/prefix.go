package match

import (
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// literal returns what everything that re matches begins with. Whole says that
// it is also all of it: re matches that or nothing, as a$b matches nothing.
//
// An assertion such as ^ takes no part of the name, so it neither adds to the
// prefix nor ends it.
func literal(re *syntax.Regexp) (prefix string, whole bool) {
	switch re.Op {
	case syntax.OpEmptyMatch,
		syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return "", true
	case syntax.OpLiteral:
		return literalRunes(re)
	case syntax.OpCapture:
		return literal(re.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		return repeated(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return repeated(re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		return repeated(re.Sub[0], re.Min, re.Max)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			s, whole := literal(sub)
			b.WriteString(s)
			if !whole {
				return b.String(), false
			}
		}
		return b.String(), true
	case syntax.OpAlternate:
		prefix, whole = literal(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			s, w := literal(sub)
			whole = whole && w && s == prefix
			prefix = common(prefix, s)
		}
		return prefix, whole
	}
	return "", false // a class, any character, nothing at all
}

// literalRunes stops at the first rune that stands for its other case too.
func literalRunes(re *syntax.Regexp) (prefix string, whole bool) {
	if re.Flags&syntax.FoldCase != 0 {
		for i, r := range re.Rune {
			if unicode.SimpleFold(r) != r {
				return string(re.Rune[:i]), false
			}
		}
	}
	return string(re.Rune), true
}

// repeated is literal for at least least and at most most times re; most -1 is
// any number.
func repeated(re *syntax.Regexp, least, most int) (prefix string, whole bool) {
	s, whole := literal(re)
	switch {
	case whole && s == "":
		return "", true
	case least == 0:
		return "", most == 0
	case !whole:
		return s, false
	}
	return strings.Repeat(s, least), least == most
}

// common returns what a and b both begin with, in whole runes.
func common(a, b string) string {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], a[i:i+utf8.RuneLen(r)]) {
			return a[:i]
		}
	}
	return a
}
