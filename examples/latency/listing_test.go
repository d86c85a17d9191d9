package main

import (
	"strings"
	"testing"
)

// Only names of the root count, and only those with the prefix.
func TestCountListed(t *testing.T) {
	const listing = `{"kind":"directory","process":"h","scope":"HOST"}
{"kind":"publication","directory":"h","name":"a:1"}
{"kind":"publication","directory":"h","name":"a:2"}
{"kind":"publication","directory":"h","name":"ab:1"}
{"kind":"subscription","directory":"h","pattern":"a:.*"}
{"kind":"directory","process":"p","parent":"h","scope":"PROCESS"}
{"kind":"publication","directory":"p","name":"a:3"}
`
	if got, err := countListed(strings.NewReader(listing), "a"); got != 2 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := countListed(strings.NewReader(listing+"no"), "a"); err == nil {
		t.Error("a broken listing was counted")
	}
}
