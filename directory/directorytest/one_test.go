package directorytest

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestOne(t *testing.T) {
	seed, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	if err != nil {
		t.Skip()
	}
	r := Play(seed)
	if r.Fault == nil {
		t.Fatal("fine")
	}
	s, err := parse(r.Script)
	if err != nil {
		t.Fatal(err)
	}
	s = s.shrink(r.Fault.Rule, 3000)
	w := newWorld()
	w.trace = &strings.Builder{}
	s.play(w)
	t.Logf("%v\n%v", w.wrong, s)
	os.WriteFile("/tmp/lc/simtrace.txt", []byte(w.trace.String()), 0o600)
}
