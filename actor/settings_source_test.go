package actor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/layer-cake/layer-cake/actor/role"
)

type sourced struct {
	Limit    int
	Names    []string
	Wait     time.Duration
	Database struct{ Host, Name string }
}

// makeRole makes a home with one role, and returns the home and the role's file.
func makeRole(t *testing.T, name string, settings ...string) (home, file string) {
	t.Helper()
	h, err := role.Create(filepath.Join(t.TempDir(), "home"), role.Group{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Add(role.Addition{Executable: "/bin/true", Name: name, Settings: settings}); err != nil {
		t.Fatal(err)
	}
	return h.Path(), filepath.Join(h.Path(), "role", name, "role.json")
}

func readLine(t *testing.T, settings any, environment map[string]string, args ...string) (*commandLine, error) {
	t.Helper()
	c, err := newCommandLine("test", settings)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.read(environment, args)
	return c, err
}

// Each source goes before those below it: default, environment, role's file, command line.
func TestSourcesInRisingOrder(t *testing.T) {
	stored := []string{"--limit=30", "--names=r", "--names=s"}
	home, file := makeRole(t, "worker", stored...)
	byHand := []string{"--home-path=" + home, "--role-name=worker"}
	variables := func(more ...string) map[string]string {
		env := map[string]string{"LC_V_LIMIT": "20", "LC_V_NAMES": "e", "LC_V_WAIT": "2s"}
		for i := 0; i < len(more); i += 2 {
			env[more[i]] = more[i+1]
		}
		return env
	}
	inGroup := []string{HomeVariable, home, RoleVariable, "worker"}
	for _, test := range []struct {
		what  string
		env   map[string]string
		args  []string
		want  sourced
		limit string // its source
	}{
		{"nothing", nil, nil, sourced{Limit: 10, Names: []string{"d"}}, ""},
		{"environment", variables(), nil, sourced{Limit: 20, Names: []string{"e"}, Wait: 2 * time.Second}, "LC_V_LIMIT"},
		{"file", nil, byHand, sourced{Limit: 30, Names: []string{"r", "s"}}, file},
		{"file over environment", variables(), byHand, sourced{Limit: 30, Names: []string{"r", "s"}, Wait: 2 * time.Second}, file},
		{"flags over all", variables(), append([]string{"--limit=40", "--names=f"}, byHand...),
			sourced{Limit: 40, Names: []string{"f"}, Wait: 2 * time.Second}, fromCommandLine},
		{"as group-cake starts it", variables(inGroup...), stored, sourced{Limit: 30, Names: []string{"r", "s"}, Wait: 2 * time.Second}, file},
		{"and by a script that adds to it", variables(inGroup...), append(stored[:len(stored):len(stored)], "--limit=40"),
			sourced{Limit: 40, Names: []string{"r", "s"}, Wait: 2 * time.Second}, fromCommandLine},
		{"a program that a role starts", variables(inGroup...), []string{"--limit=40"},
			sourced{Limit: 40, Names: []string{"e"}, Wait: 2 * time.Second}, fromCommandLine},
		{"a name without a file", variables(HomeVariable, home, RoleVariable, "other"), []string{"--limit=40"},
			sourced{Limit: 40, Names: []string{"e"}, Wait: 2 * time.Second}, fromCommandLine},
		{"a name for logs", nil, []string{"--role-name=worker"}, sourced{Limit: 10, Names: []string{"d"}}, ""},
	} {
		got := sourced{Limit: 10, Names: []string{"d"}}
		c, err := readLine(t, &got, test.env, test.args...)
		if err != nil {
			t.Errorf("%s: %v", test.what, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", test.what, diff)
		}
		if c.sources["limit"] != test.limit {
			t.Errorf("%s: the limit is from %q, want %q", test.what, c.sources["limit"], test.limit)
		}
	}
}

// In the environment there is no order: the parts go before the whole.
func TestSourcesWholeThenParts(t *testing.T) {
	var got sourced
	_, err := readLine(t, &got, map[string]string{"LC_V_DATABASE_HOST": "part", "LC_V_DATABASE": `{"Host":"whole","Name":"whole"}`})
	if err != nil || got.Database.Host != "part" || got.Database.Name != "whole" {
		t.Errorf("%+v, %v", got.Database, err)
	}
	home, _ := makeRole(t, "worker", "--database-host=stored")
	_, err = readLine(t, &got, nil, "--home-path="+home, "--role-name=worker", `--database={"Name":"flag"}`)
	if err != nil || got.Database.Host != "stored" || got.Database.Name != "flag" {
		t.Errorf("%+v, %v", got.Database, err)
	}
}

func TestSourcesRefused(t *testing.T) {
	home, file := makeRole(t, "worker", "--limit=many")
	strange, strangeFile := makeRole(t, "worker", "--bogus=1")
	broken, brokenFile := makeRole(t, "worker")
	if err := os.WriteFile(brokenFile, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	in := func(home string) map[string]string {
		return map[string]string{HomeVariable: home, RoleVariable: "worker"}
	}
	byHand := func(home, name string) []string { return []string{"--home-path=" + home, "--role-name=" + name} }
	for _, test := range []struct {
		env  map[string]string
		args []string
		want string
	}{
		{map[string]string{"LC_V_LIMIT": "many"}, nil, `--limit "many" from LC_V_LIMIT: it is no whole number`},
		{map[string]string{"LC_V_LIMIT": "many"}, []string{"--limit=1"}, `--limit "many" from LC_V_LIMIT: it is no whole number`},
		{map[string]string{"LC_V_LIMIT": ""}, nil, `--limit "" from LC_V_LIMIT: it is no whole number`},
		{map[string]string{"LC_V_DATABASE": "a\nb"}, nil, `--database "a\nb" from LC_V_DATABASE: it is no JSON object`},
		{map[string]string{LevelVariable: "loud"}, nil, `--debug-level "loud" from LAYER_CAKE_DEBUG_LEVEL: it is none of DEBUG`},
		{nil, []string{"--limit=many"}, `--limit "many" from the command line: it is no whole number`},
		{nil, byHand(home, "worker"), `--limit "many" from ` + file + `: it is no whole number`},
		{in(home), []string{"--limit=many"}, `--limit "many" from ` + file + `: it is no whole number`},
		{in(strange), []string{"--bogus=1"}, strangeFile + `: unknown flag --bogus`},
		{in(broken), nil, brokenFile + `: unexpected EOF`},
		{nil, byHand(broken, "worker"), brokenFile + `: unexpected EOF`},
		{nil, byHand(home, "other"), "--role-name=other: there is no such role in " + home},
		{nil, byHand(home, "a/b"), "a/b"},
	} {
		_, err := readLine(t, &sourced{}, test.env, test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v %v: %v; want %s", test.env, test.args, err, test.want)
		}
	}
}

func TestSourcesUnknownVariables(t *testing.T) {
	c, err := readLine(t, &sourced{}, map[string]string{"LC_V_LIMT": "1", "LC_V_LIMIT": "1", "LC_V_": "", "LC_VERSION": "1", "LC_V_DEBUG_LEVEL": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"LC_V_", "LC_V_DEBUG_LEVEL", "LC_V_LIMT"}, c.unknown); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

// Whoever asks for help gets it, whatever else is wrong.
func TestSourcesHelpFirst(t *testing.T) {
	c, err := newCommandLine("test", &sourced{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.read(map[string]string{"LC_V_LIMIT": "many"}, []string{"--limit=many", "--help"})
	if err != nil || !strings.HasPrefix(text, "Usage: test [flags]\n") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestEnvironmentName(t *testing.T) {
	for flag, want := range map[string]string{"limit": "LC_V_LIMIT", "directory-at-lan": "LC_V_DIRECTORY_AT_LAN", "größe": "LC_V_GRÖßE"} {
		if got := environmentName(flag); got != want {
			t.Errorf("environmentName(%q) = %q; want %q", flag, got, want)
		}
	}
}
