package actor

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"
)

type retry struct {
	RegularSteps float64 `json:"regular_steps"`
	Limits       []int   `json:"limits,omitempty"`
}

type common struct {
	Verbose bool `usage:"say more"`
}

type extra struct{ Depth uint8 }

type word string

type everything struct {
	common
	*extra
	ServerAddress HostPort `usage:"where HTTP clients connect"`
	Name          string
	Kind          word
	Count         int
	Small         int8
	Limit         uint16
	Rate          float64
	Half          float32
	Wait          time.Duration
	Names         []string
	Words         []word
	Station       netip.Addr
	Since         time.Time
	Retry         retry
	Weights       map[string]int
	Ports         []int
	Maybe         *HostPort
	MaybeCount    *int
	hidden        func()
}

func everyDefault() *everything {
	return &everything{
		extra: &extra{3}, ServerAddress: "127.0.0.1:5050", Name: "n", Count: 7,
		Wait: 90 * time.Second, Names: []string{"x", "y"}, Retry: retry{RegularSteps: 1, Limits: []int{4}},
		Weights: map[string]int{"a": 1}, hidden: func() {},
	}
}

func parseSettings(t *testing.T, settings any, args ...string) error {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	if _, err := addSettings(flags, settings); err != nil {
		t.Fatal(err)
	}
	return flags.Parse(args)
}

var wholeSettings = cmp.Options{
	cmp.AllowUnexported(everything{}, common{}, extra{}),
	cmpopts.IgnoreFields(everything{}, "hidden"),
	cmpopts.EquateComparable(netip.Addr{}),
}

func TestSettingsFromFlags(t *testing.T) {
	five := 5
	maybe := HostPort("h:1")
	for _, test := range []struct {
		args string
		want func(*everything)
	}{
		{"", func(e *everything) {}},
		{"--verbose", func(e *everything) { e.Verbose = true }},
		{"--verbose=false", func(e *everything) {}},
		{"--depth 9", func(e *everything) { e.Depth = 9 }},
		{`--server-address={"host":"10.0.0.133","port":29101}`, func(e *everything) { e.ServerAddress = "10.0.0.133:29101" }},
		{"--server-address 127.0.0.1:0", func(e *everything) { e.ServerAddress = "127.0.0.1:0" }},
		{"--name=", func(e *everything) { e.Name = "" }},
		{"--name --count", func(e *everything) { e.Name = "--count" }},
		{"--kind=k", func(e *everything) { e.Kind = "k" }},
		{"--count=-12", func(e *everything) { e.Count = -12 }},
		{"--count 1 --count 2", func(e *everything) { e.Count = 2 }},
		{"--small=-128 --limit=0xffff", func(e *everything) { e.Small, e.Limit = -128, 65535 }},
		{"--rate 60 --half=1e-3", func(e *everything) { e.Rate, e.Half = 60, 1e-3 }},
		{"--wait=1m30s", func(e *everything) { e.Wait = 90 * time.Second }},
		{"--names=a,b --names=c", func(e *everything) { e.Names = []string{"a,b", "c"} }},
		{`--names=["a","b"] --names=[-a-f]+`, func(e *everything) { e.Names = []string{"a", "b", "[-a-f]+"} }},
		{"--names=[]", func(e *everything) { e.Names = []string{} }},
		{"--words=p", func(e *everything) { e.Words = []word{"p"} }},
		{"--station=10.0.0.195", func(e *everything) { e.Station = netip.MustParseAddr("10.0.0.195") }},
		{"--since=2026-11-22T01:09:15Z", func(e *everything) { e.Since = time.Date(2026, 11, 22, 1, 9, 15, 0, time.UTC) }},
		{`--retry={"regular_steps":30.0}`, func(e *everything) { e.Retry.RegularSteps = 30 }},
		{`--weights={"b":2}`, func(e *everything) { e.Weights = map[string]int{"b": 2} }},
		{"--ports=[1,2]", func(e *everything) { e.Ports = []int{1, 2} }},
		{"--maybe=h:1 --maybe-count=5", func(e *everything) { e.Maybe, e.MaybeCount = &maybe, &five }},
	} {
		got, want := everyDefault(), everyDefault()
		test.want(want)
		if err := parseSettings(t, got, strings.Fields(test.args)...); err != nil {
			t.Errorf("%s: %v", test.args, err)
		}
		if diff := cmp.Diff(want, got, wholeSettings); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", test.args, diff)
		}
	}
}

// The default's own list stays as it was: the settings may be copied before.
func TestSettingsLeaveTheDefaultsList(t *testing.T) {
	e := everyDefault()
	e.Names = append(make([]string, 0, 8), "x")
	before := e.Names
	if err := parseSettings(t, e, "--names=a", "--names=b"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x"}, before); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestSettingsRefused(t *testing.T) {
	for arg, reason := range map[string]string{
		"--verbose=perhaps":              "it is neither true nor false",
		"--count=a":                      "it is no whole number",
		"--count=":                       "it is no whole number",
		"--count=1.5":                    "it is no whole number",
		"--small=128":                    "it is out of the range of int8",
		"--limit=-1":                     "it is no whole number from 0 up",
		"--limit=65536":                  "it is out of the range of uint16",
		"--rate=fast":                    "it is no number",
		"--half=1e60":                    "it is out of the range of float32",
		"--wait=90":                      "it is no duration such as 1m30s or 250ms",
		"--server-address=here":          "missing port in address",
		"--station=10.0.0":               "IPv4 address too short",
		"--retry=30":                     "it is no JSON object",
		`--retry={"regular":1}`:          `unknown field "regular"`,
		`--weights={"a":"b"}`:            "cannot unmarshal string",
		`--weights={"a":1`:               "the JSON ends too early",
		"--ports=[1] [2]":                "something follows the JSON value",
		"--maybe=h":                      "missing port in address",
		"--maybe-count=x":                "it is no whole number",
		`--server-address={"host":"a"}`:  `it needs "host" and "port"`,
		"--since=yesterday":              "cannot parse",
		`--retry={"regular_steps":"30"}`: "cannot unmarshal string",
	} {
		e := everyDefault()
		err := parseSettings(t, e, arg)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v; want an error with %q", arg, err, reason)
		}
		if diff := cmp.Diff(everyDefault(), e, wholeSettings); diff != "" {
			t.Errorf("%s changed the settings: want -, got +:\n%s", arg, diff)
		}
	}
}

func TestSettingsOfTheWrongKind(t *testing.T) {
	var none *everything
	for reason, settings := range map[string]any{
		"a actor.everything is no pointer to a struct":                  *everyDefault(),
		"a *int is no pointer to a struct":                              new(int),
		"the *actor.everything is nil":                                  none,
		".F: a value of type func() cannot be written as text":          &struct{ F func() }{},
		".C: a value of type chan int cannot be written as text":        &struct{ C []chan int }{},
		".E: a value of type error cannot be written as text":           &struct{ E error }{},
		".S.Inner: a value of type func() cannot be written as text":    &struct{ S struct{ Inner func() } }{},
		".M: a map with keys of type float64 cannot be written as text": &struct{ M map[float64]int }{},
		".Z: a value of type complex128 cannot be written as text":      &struct{ Z complex128 }{},
		".VERBOSE: there is a flag --verbose already": &struct {
			common
			VERBOSE bool
		}{},
		"extra: it is nil and cannot be set": &struct{ *extra }{},
	} {
		flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
		_, err := addSettings(flags, settings)
		if err == nil || !strings.HasPrefix(err.Error(), "settings: ") || !strings.HasSuffix(err.Error(), reason) {
			t.Errorf("addSettings(%T) = %v; want an error that ends %q", settings, err, reason)
		}
	}
	if _, err := addSettings(pflag.NewFlagSet("test", pflag.ContinueOnError), nil); err != nil {
		t.Errorf("no settings: %v", err)
	}
}

// What a flag shows as its default is what it would read.
func TestSettingsShowWhatTheyRead(t *testing.T) {
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	if _, err := addSettings(flags, everyDefault()); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	flags.VisitAll(func(f *pflag.Flag) { got[f.Name] = f.Value.Type() + " " + f.DefValue })
	want := map[string]string{
		"verbose": "bool false", "depth": "uint8 3", "server-address": "host:port 127.0.0.1:5050",
		"name": "string n", "kind": "string ", "count": "int 7", "small": "int8 0", "limit": "uint16 0",
		"rate": "float64 0", "half": "float32 0", "wait": "duration 1m30s", "names": `strings ["x","y"]`,
		"words": "strings ", "station": "addr ", "since": "time 0001-01-01T00:00:00Z",
		"retry": `json {"regular_steps":1,"limits":[4]}`, "retry-regular-steps": "float64 1", "retry-limits": "json [4]",
		"weights": `json {"a":1}`, "ports": "json ",
		"maybe": "host:port ", "maybe-count": "int ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.DefValue == "" {
			return
		}
		if err := f.Value.Set(f.DefValue); err != nil || f.Value.String() != f.DefValue {
			t.Errorf("--%s %s reads back as %s, %v", f.Name, f.DefValue, f.Value, err)
		}
	})
}

func TestKebab(t *testing.T) {
	for name, want := range map[string]string{
		"X": "x", "Name": "name", "ServerAddress": "server-address", "DirectoryAtLAN": "directory-at-lan",
		"HTTPPort": "http-port", "ID": "id", "Queue2Size": "queue2-size", "Home_Path": "home-path", "AaB": "aa-b",
		"Größe": "größe",
	} {
		if got := kebab(name); got != want {
			t.Errorf("kebab(%q) = %q; want %q", name, got, want)
		}
	}
}

type databaseSettings struct {
	Host    HostPort      `usage:"where it is"`
	Timeout time.Duration `json:"timeout"`
	Names   []string      `json:"names,omitempty"`
	Labels  map[string]int
	Pool    struct{ Size uint8 }
	common
	Driver func() `json:"-"`
	secret string
}

type nested struct {
	Database databaseSettings `usage:"the database"`
	Spare    *databaseSettings
	Level    debugLevel
}

func nestedDefault() *nested {
	d := databaseSettings{secret: "s", Host: "h:1", Timeout: time.Second, Names: []string{"x"}, Labels: map[string]int{"a": 1}}
	d.Pool.Size = 4
	return &nested{Database: d}
}

var wholeNested = cmp.Options{cmp.AllowUnexported(databaseSettings{}, common{}), cmpopts.EquateComparable()}

// A struct is set as a whole or in parts: what comes later wins.
func TestSettingsInParts(t *testing.T) {
	for _, test := range []struct {
		args string
		want func(*nested)
	}{
		{"--database-host=b:2", func(n *nested) { n.Database.Host = "b:2" }},
		{"--database-timeout=3s --database-pool-size=9", func(n *nested) { n.Database.Timeout, n.Database.Pool.Size = 3*time.Second, 9 }},
		{"--database-verbose", func(n *nested) { n.Database.Verbose = true }},
		{`--database={"Host":"b:2"}`, func(n *nested) { n.Database.Host = "b:2" }},
		{`--database={"host":"b:2","timeout":"1m0s","Pool":{"Size":1}}`, func(n *nested) {
			n.Database.Host, n.Database.Timeout, n.Database.Pool.Size = "b:2", time.Minute, 1
		}},
		{`--database={"Host":{"host":"c","port":3},"Verbose":true}`, func(n *nested) { n.Database.Host, n.Database.Verbose = "c:3", true }},
		{`--database={"Host":"b:2"} --database-host=c:3`, func(n *nested) { n.Database.Host = "c:3" }},
		{`--database-host=c:3 --database={"Host":"b:2"}`, func(n *nested) { n.Database.Host = "b:2" }},
		{`--database-timeout=3s --database={"Host":"b:2"}`, func(n *nested) { n.Database.Host, n.Database.Timeout = "b:2", 3*time.Second }},
		{`--database-pool={"Size":2} --database={}`, func(n *nested) { n.Database.Pool.Size = 2 }},
		{`--database={"names":["a"]} --database-names=b --database-names=c`, func(n *nested) { n.Database.Names = []string{"b", "c"} }},
		{`--database={"Labels":{"b":2}}`, func(n *nested) { n.Database.Labels = map[string]int{"b": 2} }},
		{`--database={"Labels":null,"Host":null}`, func(n *nested) { n.Database.Labels = nil }},
		{`--spare={"Host":"b:2"}`, func(n *nested) { n.Spare = &databaseSettings{Host: "b:2"} }},
		{"--level=INFO", func(n *nested) { n.Level = 0 }},
	} {
		got, want := nestedDefault(), nestedDefault()
		test.want(want)
		if err := parseSettings(t, got, strings.Fields(test.args)...); err != nil {
			t.Errorf("%s: %v", test.args, err)
		}
		if diff := cmp.Diff(want, got, wholeNested); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", test.args, diff)
		}
	}
}

// A whole of which one part is wrong changes none.
func TestSettingsInPartsRefused(t *testing.T) {
	for arg, reason := range map[string]string{
		`--database={"Host":"b:2","Port":1}`:            `unknown field "Port"`,
		`--database={"Host":"b:2","secret":"x"}`:        `unknown field "secret"`,
		`--database={"Host":"b:2","Driver":1}`:          `unknown field "Driver"`,
		`--database={"Host":"b:2","timeout":90}`:        "timeout: it is no JSON string",
		`--database={"Host":"b:2","timeout":"90"}`:      "timeout: it is no duration such as 1m30s or 250ms",
		`--database={"Host":"b:2","Pool":{"Size":256}}`: "Pool: Size: cannot unmarshal number 256",
		`--database={"Host":"b:2","Pool":[]}`:           "Pool: it is no JSON object",
		`--database={"Host":"b:2","Pool":{"Depth":1}}`:  `Pool: unknown field "Depth"`,
		`--database={"Host":"b:2"`:                      "the JSON ends too early",
		`--database={"Host":"b:2"} {}`:                  "something follows the JSON value",
		"--database=null":                               "it is no JSON object",
		"--database=":                                   "it is no JSON object",
		"--database-pool-size=256":                      "it is out of the range of uint8",
		"--database-driver=x":                           "unknown flag: --database-driver",
		"--spare-host=b:2":                              "unknown flag: --spare-host",
	} {
		n := nestedDefault()
		err := parseSettings(t, n, arg)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v; want an error with %q", arg, err, reason)
		}
		if diff := cmp.Diff(nestedDefault(), n, wholeNested); diff != "" {
			t.Errorf("%s changed the settings: want -, got +:\n%s", arg, diff)
		}
	}
}

// What the whole shows is what it reads, with the defaults left alone.
func TestSettingsInPartsShowWhatTheyRead(t *testing.T) {
	n := nestedDefault()
	before := n.Database.Labels
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	if _, err := addSettings(flags, n); err != nil {
		t.Fatal(err)
	}
	f := flags.Lookup("database")
	want := `{"Host":"h:1","timeout":"1s","names":["x"],"Labels":{"a":1},"Pool":{"Size":4},"Verbose":false}`
	if f.DefValue != want || f.Value.Type() != "json" {
		t.Errorf("the default is a %s, %s; want %s", f.Value.Type(), f.DefValue, want)
	}
	if err := f.Value.Set(want); err != nil || f.Value.String() != want {
		t.Errorf("it reads back as %s, %v", f.Value, err)
	}
	if err := f.Value.Set(`{"Labels":{"b":2},"names":["y"]}`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"a": 1}, before); diff != "" {
		t.Errorf("the default's own map: want -, got +:\n%s", diff)
	}
}

func TestSettingsInPartsOfTheWrongKind(t *testing.T) {
	for want, settings := range map[string]any{
		".DatabaseHost: there is a flag --database-host already": &struct {
			Database     struct{ Host string }
			DatabaseHost string
		}{},
		".A.B.C: a value of type chan int cannot be written as text": &struct {
			A struct{ B struct{ C chan int } }
		}{},
	} {
		_, err := addSettings(pflag.NewFlagSet("test", pflag.ContinueOnError), settings)
		if err == nil || !strings.HasPrefix(err.Error(), "settings: ") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v; want an error that ends %q", err, want)
		}
	}
}
