package actor

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// Every limit that can be set is in the table with its flag, once at least, and what
// is set is what the table says.
func TestLimits(t *testing.T) {
	set := Limits{}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	if _, err := addSettings(flags, &struct{ *Limits }{&set}); err != nil {
		t.Fatal(err)
	}
	i := 0
	flags.VisitAll(func(f *pflag.Flag) {
		i++
		value := 3<<20 + i
		if f.Name == "max-unproven" || !strings.Contains(f.Name, "bytes") {
			value = 300 + i
		}
		reflect.ValueOf(&set).Elem().FieldByNameFunc(func(name string) bool { return kebab(name) == f.Name }).SetInt(int64(value))
		rows := 0
		for _, row := range set.Table() {
			if row.Set == "--"+f.Name {
				rows++
				if row.Most != value {
					t.Errorf("%s is %d, the table says %d", f.Name, value, row.Most)
				}
			}
		}
		if rows == 0 {
			t.Errorf("the table does not say what --%s sets", f.Name)
		}
		if f.Usage == "" {
			t.Errorf("--%s has no help", f.Name)
		}
	})
	if n := reflect.TypeFor[Limits]().NumField(); i != n {
		t.Errorf("%d flags for %d limits", i, n)
	}
	if err := set.Check(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(set, set.complete()); diff != "" {
		t.Errorf("what was set is lost (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(DefaultLimits().Table(), Limits{}.Table()); diff != "" {
		t.Errorf("the defaults (-DefaultLimits +zero):\n%s", diff)
	}
	seen := make(map[string]bool)
	for _, row := range set.Table() {
		if seen[row.Name] || row.Name == "" || row.Per == "" || row.Most <= 0 || row.Beyond == "" {
			t.Errorf("got %+v, want a line of its own that says all", row)
		}
		seen[row.Name] = true
	}
}

// A limit that cannot be is refused, by the name that who set it knows.
func TestLimitsThatCannotBe(t *testing.T) {
	for field := range reflect.TypeFor[Limits]().Fields() {
		wrong := Limits{}
		reflect.ValueOf(&wrong).Elem().FieldByIndex(field.Index).SetInt(-1)
		_, err := Open(&Options{Limits: wrong, Directory: "none"})
		if err == nil || !strings.Contains(err.Error(), "Options.Limits: "+field.Name+" is -1: ") {
			t.Errorf("Open: %v", err)
		}
		if err := wrong.Check(); err == nil || !strings.HasPrefix(err.Error(), "--"+kebab(field.Name)+" is -1: ") {
			t.Errorf("Check: %v", err)
		}
	}
}
