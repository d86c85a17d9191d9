package actor

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"strings"
	"testing"
)

func TestDebugLevelWords(t *testing.T) {
	for text, want := range map[string]slog.Level{
		"DEBUG": -4, "trace": -3, "Object": -2, "CONSOLE": 0, "info": 0,
		"WARNING": 4, "warn": 4, "FAULT": 8, "error": 8, "none": levelNone,
	} {
		var got debugLevel
		if err := got.Set(text); err != nil || slog.Level(got) != want {
			t.Errorf("Set(%q) = %d, %v; want %d", text, got, err, want)
		}
		var again debugLevel
		if err := again.Set(got.String()); err != nil || again != got {
			t.Errorf("Set(%q) = %d, %v; want %d", got.String(), again, err, got)
		}
	}
	var got debugLevel
	err := got.Set("loud")
	if want := "it is none of DEBUG TRACE OBJECT CONSOLE INFO WARNING WARN FAULT ERROR NONE"; err == nil || err.Error() != want {
		t.Errorf("Set(loud): %v; want %s", err, want)
	}
}

func TestLoggerLines(t *testing.T) {
	levels := []slog.Level{slog.LevelDebug, levelTrace, levelObject, slog.LevelInfo, slog.LevelWarn, slog.LevelError}
	for _, test := range []struct {
		word, role, want string
	}{
		{"DEBUG", "", "level=DEBUG msg=\"<00000000>prog - m\"\nlevel=TRACE msg=\"<00000000>prog - m\"\nlevel=OBJECT msg=\"<00000000>prog - m\"\nlevel=INFO msg=\"<00000000>prog - m\"\nlevel=WARN msg=\"<00000000>prog - m\"\nlevel=ERROR msg=\"<00000000>prog - m\"\n"},
		{"OBJECT", "", "level=OBJECT msg=\"<00000000>prog - m\"\nlevel=INFO msg=\"<00000000>prog - m\"\nlevel=WARN msg=\"<00000000>prog - m\"\nlevel=ERROR msg=\"<00000000>prog - m\"\n"},
		{"WARNING", "worker-3", "level=WARN msg=\"<00000000>prog - m\" role=worker-3\nlevel=ERROR msg=\"<00000000>prog - m\" role=worker-3\n"},
		{"FAULT", "a\nb", "level=ERROR msg=\"<00000000>prog - m\" role=\"a\\nb\"\n"},
		{"NONE", "", ""},
	} {
		var level debugLevel
		if err := level.Set(test.word); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		logger := newLogger(&out, level, false, "prog", test.role)
		for _, l := range levels {
			logger.Log(context.Background(), l, "m")
		}
		got := regexp.MustCompile(`(?m)^time=\S+ `).ReplaceAllString(out.String(), "")
		if got != test.want {
			t.Errorf("at %s with role %q:\n%swant\n%s", test.word, test.role, got, test.want)
		}
		if strings.Contains(out.String(), "\x1b") {
			t.Errorf("colour where there is no terminal: %q", out.String())
		}
	}
}
