package match

import (
	"fmt"
	"regexp/syntax"
)

// program returns the program of re. The error is that it has more than
// MaxProgram instructions; one that is far larger is never built.
func program(re *syntax.Regexp) (*syntax.Prog, error) {
	size := fewest(re)
	if size <= MaxProgram {
		prog, err := syntax.Compile(re.Simplify())
		if err != nil {
			return nil, malformed(err)
		}
		if size = len(prog.Inst); size <= MaxProgram {
			return prog, nil
		}
	}
	return nil, fmt.Errorf("the pattern is too large: at least %d instructions, at most %d are allowed", size, MaxProgram)
}

// fewest returns how many instructions re takes at least. It leaves out what
// the compiler may save, so that it never refuses a legal pattern, and counts
// repetitions as they will be written out: x{2,5} is x five times.
func fewest(re *syntax.Regexp) int {
	n := 0
	for _, sub := range re.Sub {
		n += fewest(sub)
	}
	switch re.Op {
	case syntax.OpNoMatch:
		return 0
	case syntax.OpLiteral:
		return max(1, len(re.Rune))
	case syntax.OpCapture:
		return n + 2
	case syntax.OpRepeat:
		switch {
		case re.Max == 0:
			return 1
		case re.Max < 0:
			return n * max(1, re.Min)
		}
		return n * re.Max
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpConcat, syntax.OpAlternate:
		return n
	}
	return 1
}
