package actor

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
)

// usage lists every flag with its type, its meaning, its default and the environment
// variable that sets it.
func (c *commandLine) usage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage: %s [flags]\n", c.program)
	table := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	var types []string
	list := func(title string, flags *pflag.FlagSet) {
		fmt.Fprintf(table, "\n%s\n", title)
		flags.VisitAll(func(f *pflag.Flag) {
			if c.all.Lookup(f.Name) != f {
				return // the program has its own
			}
			types = append(types, f.Value.Type())
			fmt.Fprintf(table, "  %s\t%s\n", form(f), meaning(f))
		})
	}
	if c.settings.HasFlags() {
		list("Settings:", c.settings)
	}
	list("Flags of every Layer Cake program:", c.own)
	table.Flush()
	b.WriteString("\nA value is the last that is said by: the default, the environment variable in\n" +
		"brackets, the file of the role, the command line.\n\n")
	for _, t := range typeNotes {
		if slices.Contains(types, t.name) {
			fmt.Fprintf(table, "  %s\t%s\n", t.name, t.note)
		}
	}
	table.Flush()
	return b.String()
}

// typeNotes say how values of a type are written, where that is not plain.
var typeNotes = [...]struct{ name, note string }{
	{"duration", "a number with a unit, such as 250ms, 1m30s or 2h"},
	{"host:port", `127.0.0.1:5050, [::1]:5050, seneca:5050 or {"host": "seneca", "port": 5050}`},
	{"time", "2026-11-22T01:09:15Z"},
	{"strings", `a string; the flag may be given several times, or once with a JSON list: ["a", "b"]`},
	{"json", "JSON; an object keeps what it does not mention if the parts are flags too"},
}

func form(f *pflag.Flag) string {
	text := "--" + f.Name
	if f.Shorthand != "" {
		text = "-" + f.Shorthand + ", " + text
	}
	if f.Value.Type() != "bool" {
		text += " " + f.Value.Type()
	}
	return text
}

// meaning is what the flag is for: usage, in unit (default value) [VARIABLE].
func meaning(f *pflag.Flag) string {
	var words []string
	usage := f.Usage
	whole := hasFlagsOfParts(f)
	if whole {
		usage = strings.TrimPrefix(usage+", ", ", ") + "all of --" + f.Name + "-... at once"
	}
	if unit := noted(f, unitNote); unit != "" {
		usage = strings.TrimPrefix(usage+", ", ", ") + "in " + unit
	}
	if usage != "" {
		words = append(words, usage)
	}
	if f.DefValue != "" && !whole && f.Value.Type() != "bool" || f.DefValue == "true" {
		words = append(words, "(default "+f.DefValue+")")
	}
	if variable := noted(f, environmentNote); variable != "" {
		words = append(words, "["+variable+"]")
	}
	return strings.Join(words, " ")
}

// hasFlagsOfParts reports whether the fields of the setting have flags of their own.
func hasFlagsOfParts(f *pflag.Flag) bool {
	s, ok := f.Value.(*setting)
	return ok && s.parts != nil
}

// A settingDescription is one element of what --describe-settings prints. Default and
// Value are as the flag takes them.
type settingDescription struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Unit    string `json:"unit,omitempty"`
	Default string `json:"default"`
	Usage   string `json:"usage"`
	Env     string `json:"env"`
	Value   string `json:"value"`
	Source  string `json:"source"`        // default, parts, command line, or the name of a variable or file
	Own     bool   `json:"own,omitempty"` // it is one of every Layer Cake program
}

// description lists the settings of the program and then those of every program, as
// JSON.
func (c *commandLine) description() (string, error) {
	list := []settingDescription{}
	describe := func(own bool) func(f *pflag.Flag) {
		return func(f *pflag.Flag) {
			switch f.Name {
			case "help", "version", "describe-settings":
				return // they ask, and set nothing
			}
			if c.all.Lookup(f.Name) != f {
				return
			}
			variable := noted(f, environmentNote)
			d := settingDescription{
				f.Name, f.Value.Type(), noted(f, unitNote), f.DefValue, f.Usage, variable,
				f.Value.String(), c.sources[f.Name], own,
			}
			if d.Source == "" {
				d.Source = fromDefault
				if d.Value != d.Default {
					d.Source = fromParts
				}
				if value := c.environment[variable]; own && value != "" { // read elsewhere
					d.Value, d.Source = value, variable
				}
			}
			list = append(list, d)
		}
	}
	c.settings.VisitAll(describe(false))
	c.own.VisitAll(describe(true))
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	err := encoder.Encode(list)
	return b.String(), err
}
