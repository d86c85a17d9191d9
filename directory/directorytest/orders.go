package directorytest

import "strings"

// orders returns the scripts that a text stands for: one for each order of the
// lines between "any order" and "end", which may have several actions each,
// divided by semicolons. There is at most one such part.
func orders(text string) []string {
	before, rest, found := strings.Cut(text, "\nany order\n")
	part, after, ended := strings.Cut(rest, "\nend\n")
	if !found || !ended {
		return []string{text}
	}
	var scripts []string
	permute(strings.Split(part, "\n"), nil, func(lines []string) {
		middle := strings.ReplaceAll(strings.Join(lines, "\n"), ";", "\n")
		scripts = append(scripts, before+"\n"+middle+"\n"+after)
	})
	return scripts
}

// permute calls yield with each order of the rest, behind those that are chosen.
func permute(rest, chosen []string, yield func([]string)) {
	if len(rest) == 0 {
		yield(chosen)
		return
	}
	for i, line := range rest {
		others := append(append([]string(nil), rest[:i]...), rest[i+1:]...)
		permute(others, append(chosen[:len(chosen):len(chosen)], line), yield)
	}
}
