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
		heavyRounds: 1, many: 800, perLink: 10, away: time.Millisecond, upgrades: 20}
	if err := measure(t.Context(), &out, little, nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range regexp.MustCompile(`(?m)^ratio (\S+) ours/floor [0-9.]+ min [0-9.]+ max [0-9.]+$`).FindAllStringSubmatch(out.String(), -1) {
		got = append(got, line[1])
	}
	want := []string{
		"host-cake-idle", "host-cake-10-links",
		"publish-available", "publish-available-p99",
		"thousand-there-before", "thousand-new",
		"kill-dropped", "dropped-alternate",
		"kill-alternate-linked", "kill-alternate",
		"layer-cake-network",
		"publish-available-full", "publish-available-groups",
		"registered-1", "registered-16",
		"crowd-there-before", "crowd-new",
		"heap-1", "heap-10", "session-publisher", "session-subscriber",
		"restart", "restart-later",
		"upgrade",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s\nof\n%s", diff, out.String())
	}
	for _, checked := range []string{
		"\nchecked registered-1: host-cake lists all 800\n",
		"\nchecked registered-16: host-cake lists all 800\n",
		"\nchecked crowd-new: 1600 sessions, over links that were there, opened no socket: ",
		"\nchecked restart: 1000 sessions went on through 2 restarts, after which host-cake lists all names\n",
		"\nchecked upgrade: 20 upgrades; of ",
	} {
		if !strings.Contains(out.String(), checked) {
			t.Errorf("%q is not in\n%s", checked, out.String())
		}
	}
}

// What is chosen is measured, and nothing else.
func TestMeasureOnly(t *testing.T) {
	var out strings.Builder
	little := plan{rounds: 1, names: piece, many: 100}
	if err := measure(t.Context(), &out, little, []string{"full"}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "\nratio "); got != 1 || !strings.Contains(out.String(), "\nratio publish-available-full ") {
		t.Errorf("got\n%s", out.String())
	}
	err := measure(t.Context(), &out, little, []string{"full", "empty"})
	if err == nil || !strings.HasPrefix(err.Error(), "-only=empty: there is no such measurement; there are memory, introduce, ") {
		t.Errorf("got %v", err)
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
