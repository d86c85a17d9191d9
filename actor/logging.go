package actor

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"github.com/layer-cake/layer-cake/transport"
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
// plain, one key=value list otherwise. The message of each begins with the actor it is
// about, or nobody and the program: <0000000e>worker - message. Each names the role if
// there is one.
func newLogger(w io.Writer, level debugLevel, plain bool, program, role string) *slog.Logger {
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
	logger := slog.New(actorHandler{handler, logActor{name: program}.label()})
	if role != "" {
		logger = logger.With("role", role)
	}
	return logger
}

// An actorHandler puts the actor before the message, instead of its attributes.
type actorHandler struct {
	slog.Handler
	label string
}

// Handle writes the record with the actor before its message.
func (h actorHandler) Handle(ctx context.Context, r slog.Record) error {
	r.Message = h.label + " - " + r.Message
	return h.Handler.Handle(ctx, r)
}

// WithAttrs takes note of the actor if it is one of these.
func (h actorHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	rest := make([]slog.Attr, 0, len(attrs))
	for _, a := range attrs {
		switch v := a.Value.Any().(type) {
		case logActor:
			h.label = v.label()
		case logAddress: // of the same actor, which the label names
		default:
			rest = append(rest, a)
		}
	}
	if len(rest) > 0 {
		h.Handler = h.Handler.WithAttrs(rest)
	}
	return h
}

// WithGroup puts what follows in a group. The actor stays before the message.
func (h actorHandler) WithGroup(name string) slog.Handler {
	h.Handler = h.Handler.WithGroup(name)
	return h
}

// A logActor is the attribute actor: other handlers see the name.
type logActor struct {
	id          transport.ActorID // zero: nobody
	name, state string            // state is empty if the actor is none
}

// LogValue is the name.
func (a logActor) LogValue() slog.Value { return slog.StringValue(a.name) }

// label is <0000000e>name, or <0000000e>name[state].
func (a logActor) label() string {
	name := a.name
	if a.state != "" {
		name += "[" + a.state + "]"
	}
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		name = strings.Trim(strconv.Quote(name), `"`)
	}
	return idLabel(a.id) + name
}

func idLabel(id transport.ActorID) string { return fmt.Sprintf("<%08x>", uint64(id)) }

// A logAddress is the attribute address.
type logAddress transport.Address

// LogValue is the address as it shows itself.
func (a logAddress) LogValue() slog.Value { return slog.StringValue(transport.Address(a).String()) }

// logger returns a logger that carries the actor.
func (c *cell) logger() *slog.Logger {
	return c.sys.log.With("actor", logActor{c.at.Actor, c.title(), lastName(c.stateName())}, "address", logAddress(c.at))
}

// lastName is the name of a function or method without what it is of.
func lastName(function string) string { return function[strings.LastIndexByte(function, '.')+1:] }

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
