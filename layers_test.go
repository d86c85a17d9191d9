// Package layercake holds the rules of the house that a test can enforce.
package layercake

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/layer-cake/layer-cake/"

// Imports go down only: a package may import its own layer and those before it.
var layers = []string{"transport", "directory", "actor", "cmd", "examples"}

// What a package must not import, test files aside, and why.
var forbidden = []struct {
	in      string // a folder; with /... also what is below
	imports []string
	why     string
}{
	{"directory", decisions, "decisions are pure: the same messages must give the same effects"},
	{"directory/internal/...", decisions, "decisions are pure: the same messages must give the same effects"},
	{"directory/directorytest", []string{"time", "net", "os", "context", "sync", "math/rand", "crypto/rand"}, "a world is one goroutine, and its seed decides all"},
	{"transport", []string{"net", "time", "os"}, "the words of transport do not know how links are made"},
	{"transport/wire", []string{"net", "time", "os", "context"}, "frames are bytes"},
	{"transport/memory", []string{"os"}, "it must work where there is nothing but memory, and in virtual time"},
	{"directory/wire", []string{"net", "time", "os", "context"}, "frames are bytes"},
	{"actor/internal/crew", decisions, "decisions are pure: moments and chances are told to a crew"},
	{"directory/node", []string{"net"}, "links come from a transport"},
	{"actor", []string{"testing"}, "what helps tests is in actor/actortest; programs have no flags of tests"},
}

var decisions = []string{"time", "net", "os", "context", "sync", "sync/atomic", "math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog"}

// Where a module that is not ours may be imported, tests aside. What is not here
// may be imported nowhere: ARCHITECTURE says what each is for.
var modules = map[string][]string{
	"github.com/vmihailenco/msgpack/v5": {"actor/codec"},
	"github.com/hashicorp/go-sockaddr":  {"transport/tcp"},
	"github.com/spf13/pflag":            {"actor", "cmd/layer-cake"},
	"github.com/spf13/cobra":            {"cmd/layer-cake"},
	"github.com/lmittmann/tint":         {"actor"},
	"github.com/google/uuid":            {"transport", "actor/codec", "actor/role", "examples/..."},
	"github.com/gofrs/flock":            {"actor/role"},
	"github.com/cenkalti/backoff/v5":    {"transport/tcp", "directory/node"},
	"github.com/tidwall/btree":          {"directory/internal/match"},
	"github.com/google/go-cmp":          {"transport/transporttest"},
	"golang.org/x/sync":                 {"examples/..."},
	"golang.org/x/sys":                  {"actor/process"},
	"golang.org/x/term":                 {"actor"},
}

func within(folder, where string) bool {
	base, all := strings.CutSuffix(where, "...")
	return folder == where || all && (base == "" || strings.HasPrefix(folder+"/", base))
}

func TestLayers(t *testing.T) {
	count := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); file != "." && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(file, "go.mod")); err == nil && file != "." {
				return filepath.SkipDir // a module of its own: what it imports is no dependency of ours
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || filepath.Dir(file) == "." && strings.HasSuffix(file, "_test.go") {
			return nil
		}
		count++
		check(t, filepath.ToSlash(file))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 50 {
		t.Fatalf("only %d files were looked at", count)
	}
}

func check(t *testing.T, file string) {
	folder := path.Dir(file)
	own := layer(folder)
	if own < 0 {
		t.Errorf("%s: code lives in %s", file, strings.Join(layers, ", "))
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	test := strings.HasSuffix(file, "_test.go")
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if ours, ok := strings.CutPrefix(imported, module); ok {
			if layer(ours) > own {
				t.Errorf("%s imports %s: imports go down, never up", file, ours)
			}
			continue
		}
		if test {
			continue
		}
		for _, rule := range forbidden {
			for _, not := range rule.imports {
				if within(folder, rule.in) && imported == not {
					t.Errorf("%s imports %s: %s", file, imported, rule.why)
				}
			}
		}
		checkModule(t, file, folder, imported)
	}
}

func checkModule(t *testing.T, file, folder, imported string) {
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	for module, places := range modules {
		if imported != module && !strings.HasPrefix(imported, module+"/") {
			continue
		}
		for _, place := range places {
			if within(folder, place) {
				return
			}
		}
		t.Errorf("%s imports %s: it is for %s only", file, imported, strings.Join(places, ", "))
		return
	}
	t.Errorf("%s imports %s: a module that the table does not have", file, imported)
}

func layer(folder string) int {
	first, _, _ := strings.Cut(folder, "/")
	for i, name := range layers {
		if first == name {
			return min(i, 3) // cmd and examples are one layer
		}
	}
	return -1
}
