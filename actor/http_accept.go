package actor

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// A jsonForm is how JSON is written: tagged with types, or plain.
type jsonForm bool

const (
	taggedJSON jsonForm = false
	plainJSON  jsonForm = true
)

// contentType is what the header of a response in that form says.
func (f jsonForm) contentType() string {
	if f == plainJSON {
		return "application/json; profile=plain"
	}
	return "application/json"
}

// formOf returns the form that a request accepts: plain if an entry of Accept names
// application/json; profile=plain, and none that takes the tagged form is preferred.
func formOf(h http.Header) jsonForm {
	var plain, tagged float64 // how much each is wanted
	closest := -1             // how closely the entry says it that tells about tagged
	for _, entry := range listOf(strings.Join(h.Values("Accept"), ",")) {
		r, ok := parseRange(entry)
		switch {
		case !ok:
		case r.plain:
			plain = max(plain, r.weight)
		case r.closeness > closest:
			closest, tagged = r.closeness, r.weight
		case r.closeness == closest:
			tagged = max(tagged, r.weight)
		}
	}
	return jsonForm(plain > 0 && plain >= tagged)
}

// A mediaRange is an entry of Accept that takes JSON.
type mediaRange struct {
	plain     bool    // it names the plain form
	closeness int     // 0: */*; 1: application/*; 2: application/json
	weight    float64 // from 0, never, to 1
}

// parseRange returns false for an entry that is none, or is about something else.
func parseRange(entry string) (mediaRange, bool) {
	content, parameters, err := mime.ParseMediaType(entry)
	if err != nil {
		return mediaRange{}, false
	}
	r := mediaRange{weight: 1}
	switch content {
	case "application/json":
		r.closeness = 2
	case "application/*":
		r.closeness = 1
	case "*/*":
	default:
		return mediaRange{}, false
	}
	for name, value := range parameters {
		switch {
		case name == "q":
			if r.weight, err = strconv.ParseFloat(value, 64); err != nil || !(r.weight >= 0 && r.weight <= 1) {
				return mediaRange{}, false
			}
		case name == "charset" && strings.EqualFold(value, "utf-8"):
		case name == "profile" && r.closeness == 2 && strings.EqualFold(value, "plain"):
			r.plain = true
		default:
			return mediaRange{}, false
		}
	}
	return r, true
}

// listOf splits a header at its commas, but not within quotes.
func listOf(header string) []string {
	var list []string
	quoted, escaped, begin := false, false, 0
	for i := range len(header) {
		switch c := header[i]; {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			list = append(list, header[begin:i])
			begin = i + 1
		}
	}
	return append(list, header[begin:])
}
