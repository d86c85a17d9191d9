package match

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// malformed says in plain words why a text is no regular expression, and where.
func malformed(err error) error {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("the pattern is not a regular expression: %w", err)
	}
	code := e.Code
	if strings.HasPrefix(e.Expr, "(?<=") || strings.HasPrefix(e.Expr, "(?<!") {
		code = syntax.ErrInvalidPerlOp // the parser takes it for a name
	}
	return fmt.Errorf("the pattern is not a regular expression: %s: %q", fault(code), e.Expr)
}

func fault(code syntax.ErrorCode) string {
	switch code {
	case syntax.ErrMissingParen:
		return "a ( is not closed"
	case syntax.ErrUnexpectedParen:
		return "a ) closes nothing"
	case syntax.ErrMissingBracket:
		return "a [ is not closed"
	case syntax.ErrInvalidCharRange:
		return "no such range of characters"
	case syntax.ErrInvalidEscape:
		return `no such escape with \`
	case syntax.ErrTrailingBackslash:
		return `it ends in a lone \`
	case syntax.ErrInvalidPerlOp:
		return "no such group; there is no looking ahead or behind"
	case syntax.ErrInvalidNamedCapture:
		return "a group has a wrong name"
	case syntax.ErrMissingRepeatArgument:
		return "there is nothing to repeat"
	case syntax.ErrInvalidRepeatOp:
		return "it repeats a repetition"
	case syntax.ErrInvalidRepeatSize:
		return "a repetition is above 1000, or its bounds are in the wrong order"
	case syntax.ErrNestingDepth:
		return "it is nested too deeply"
	case syntax.ErrLarge:
		return "it is too large"
	}
	return string(code)
}
