package actor

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"

	"github.com/lmittmann/tint"
	"golang.org/x/term"
)

// Levels between those of package slog, for --debug-level.
const (
	levelTrace  = slog.LevelDebug + 1
	levelObject = slog.LevelDebug + 2
	levelNone   = slog.Level(math.MaxInt)
)

// A debugLevel is the lowest level that is logged, as --debug-level says it.
type debugLevel slog.Level

// debugLevelWords are the words of --debug-level, the most talkative first. Those of
// package slog stand beside the older ones.
var debugLevelWords = [...]struct {
	word  string
	level slog.Level
}{
	{"DEBUG", slog.LevelDebug},
	{"TRACE", levelTrace},
	{"OBJECT", levelObject},
	{"CONSOLE", slog.LevelInfo},
	{"INFO", slog.LevelInfo},
	{"WARNING", slog.LevelWarn},
	{"WARN", slog.LevelWarn},
	{"FAULT", slog.LevelError},
	{"ERROR", slog.LevelError},
	{"NONE", levelNone},
}

// String returns the first word for the level.
func (l debugLevel) String() string {
	for _, w := range debugLevelWords {
		if w.level == slog.Level(l) {
			return w.word
		}
	}
	return slog.Level(l).String()
}

// Set reads one of the words, in whatever case.
func (l *debugLevel) Set(text string) error {
	var words []string
	for _, w := range debugLevelWords {
		if strings.EqualFold(w.word, text) {
			*l = debugLevel(w.level)
			return nil
		}
		words = append(words, w.word)
	}
	return fmt.Errorf("it is none of %s", strings.Join(words, " "))
}

// Type is what help shows for the value of the flag.
func (l *debugLevel) Type() string { return "level" }

// newLogger writes lines of level or above to w: coloured on a terminal unless
// plain, one key=value list otherwise. Each line names the role if there is one.
func newLogger(w io.Writer, level debugLevel, plain bool, role string) *slog.Logger {
	var handler slog.Handler
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		handler = tint.NewTextHandler(w, &tint.Options{
			Level:       slog.Level(level),
			ReplaceAttr: nameLevel,
			NoColor:     plain,
		})
	} else {
		handler = slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.Level(level), ReplaceAttr: nameLevel})
	}
	logger := slog.New(handler)
	if role != "" {
		logger = logger.With("role", role)
	}
	return logger
}

// nameLevel gives the levels that package slog has no word for theirs.
func nameLevel(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 || a.Key != slog.LevelKey {
		return a
	}
	switch a.Value.Any() {
	case levelTrace:
		return slog.String(a.Key, "TRACE")
	case levelObject:
		return slog.String(a.Key, "OBJECT")
	}
	return a
}
