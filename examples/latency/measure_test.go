package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The children of the test are the test program itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == childWord {
		os.Exit(childMain(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

// Every figure is measured, with real processes; how fast is not asked here.
func TestMeasure(t *testing.T) {
	var out strings.Builder
	little := plan{rounds: 1, names: 2 * piece, thousand: 1, kills: 1, calls: 1, idle: time.Millisecond,
		heavyRounds: 1, many: 800, perLink: 10, upgrades: 20}
	if err := measure(t.Context(), &out, little, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range regexp.MustCompile(`(?m)^ratio (\S+) ours/floor [0-9.]+ min [0-9.]+ max [0-9.]+$`).FindAllStringSubmatch(out.String(), -1) {
		got = append(got, line[1])
	}
	want := []string{
		"publish-available", "publish-available-p99",
		"thousand-there-before", "thousand-new",
		"kill-dropped", "dropped-alternate",
		"layer-cake-network",
		"host-cake-idle", "host-cake-10-links",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s\nof\n%s", diff, out.String())
	}
}

func TestChildSaysWhatIsWrong(t *testing.T) {
	s, err := newStage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.clear()
	c, err := s.startChild("holder")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ask("sing", 1); err == nil || err.Error() != `holder: sing 1: the command ["sing" "1"] is unknown` {
		t.Errorf("got %v", err)
	}
	if err := s.leave(); err != nil {
		t.Errorf("a child that is left in peace: %v", err)
	}
}
