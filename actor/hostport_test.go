package actor

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHostPortForms(t *testing.T) {
	for text, want := range map[string]HostPort{
		"127.0.0.1:54195":                           "127.0.0.1:54195",
		" 127.0.0.1:0 ":                             "127.0.0.1:0",
		"seneca.lan:05050":                          "seneca.lan:5050",
		"[::1]:80":                                  "[::1]:80",
		"[fe80::1%eth0]:80":                         "[fe80::1%eth0]:80",
		"0.0.0.0:65535":                             "0.0.0.0:65535",
		`{"host": "10.0.0.133", "port": 29101}`:     "10.0.0.133:29101",
		"{\"port\":0,\n\"host\":\"::1\"}":           "[::1]:0",
		`  {"host": "lan_host-1.local", "port": 1}`: "lan_host-1.local:1",
	} {
		got, err := ParseHostPort(text)
		if err != nil || got != want {
			t.Errorf("ParseHostPort(%q) = %q, %v; want %q", text, got, err, want)
		}
		again, err := ParseHostPort(string(got))
		if err != nil || again != got {
			t.Errorf("ParseHostPort(%q) = %q, %v; want itself", got, again, err)
		}
	}
}

func TestHostPortRefused(t *testing.T) {
	for text, reason := range map[string]string{
		"":                           "it is empty",
		"127.0.0.1":                  "missing port in address",
		":5050":                      "the host is missing",
		"1:2:3":                      "too many colons",
		"host:http":                  `the port "http" is not a number from 0 to 65535`,
		"host:":                      `the port "" is not a number`,
		"host:65536":                 "the port 65536 is not in 0 to 65535",
		"host:-1":                    `the port "-1" is not a number`,
		"host:99999999999999999999":  "is not a number from 0 to 65535",
		"a b:1":                      `"a b" is neither an IP address nor a host name`,
		"http://host:1":              "too many colons",
		"{":                          "the JSON ends too early",
		`{"host": "a"}`:              `it needs "host" and "port"`,
		`{"port": 1}`:                `it needs "host" and "port"`,
		`{"host": null, "port": 1}`:  `it needs "host" and "port"`,
		`{"host": "a", "port": -1}`:  "the port -1 is not in 0 to 65535",
		`{"host": "", "port": 1}`:    "the host is missing",
		`{"host": "a", "port": "1"}`: "cannot unmarshal string",
		`{"host": "a", "port": 1, "scheme": "x"}`:   `unknown field "scheme"`,
		`{"host": "a", "port": 1} trailing`:         "something follows the JSON value",
		"{\u201chost\u201d: \u201ca\u201d}":         "invalid character",
		`{"host": "a:b", "port": 1}`:                "neither an IP address nor a host name",
		strings.Repeat("x", 254) + ":1":             "neither an IP address nor a host name",
		`["10.0.0.133", 29101]`:                     "missing port in address",
		"[::1:80":                                   "missing ']' in address",
		"127.0.0.1:54195\x00":                       "is not a number",
		`{"host": "10.0.0.1\u0000", "port": 29101}`: "neither an IP address nor a host name",
	} {
		got, err := ParseHostPort(text)
		if err == nil || !strings.Contains(err.Error(), reason) || got != "" {
			t.Errorf("ParseHostPort(%q) = %q, %v; want an error with %q", text, got, err, reason)
		}
	}
}

func TestHostPortInJSON(t *testing.T) {
	type form struct{ A, B, C HostPort }
	var got form
	text := `{"A": "127.0.0.1:1", "B": {"host": "10.0.0.133", "port": 29101}, "C": ""}`
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(form{"127.0.0.1:1", "10.0.0.133:29101", ""}, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	again, err := json.Marshal(got)
	if want := `{"A":"127.0.0.1:1","B":"10.0.0.133:29101","C":""}`; err != nil || string(again) != want {
		t.Errorf("Marshal = %s, %v; want %s", again, err, want)
	}
	for _, text := range []string{`{"A": 7}`, `{"A": "x"}`, `{"A": {"host": "x"}}`} {
		if err := json.Unmarshal([]byte(text), new(form)); err == nil || !strings.Contains(err.Error(), "no host:port") {
			t.Errorf("Unmarshal(%s) = %v; want an error about host:port", text, err)
		}
	}
}
