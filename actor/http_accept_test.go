package actor

import (
	"net/http"
	"strings"
	"testing"
)

func TestFormOf(t *testing.T) {
	const plain = "application/json; profile=plain"
	for _, test := range []struct {
		accept []string
		want   jsonForm
	}{
		{nil, taggedJSON},
		{[]string{""}, taggedJSON},
		{[]string{"*/*"}, taggedJSON},
		{[]string{"application/json"}, taggedJSON},
		{[]string{"text/html"}, taggedJSON},
		{[]string{plain}, plainJSON},
		{[]string{`Application/JSON;Profile="plain"`}, plainJSON},
		{[]string{"application/json;charset=UTF-8;profile=PLAIN"}, plainJSON},
		{[]string{"application/json;charset=latin1;profile=plain"}, taggedJSON},
		{[]string{"application/json;profile=other"}, taggedJSON},
		{[]string{"text/html, " + plain + ";q=0.1, image/png"}, plainJSON},
		{[]string{"text/html", plain}, plainJSON},
		{[]string{plain + ";q=0"}, taggedJSON},
		{[]string{plain + ";q=0.000"}, taggedJSON},
		{[]string{plain + ";q=1.5"}, taggedJSON},
		{[]string{plain + ";q=NaN"}, taggedJSON},
		{[]string{plain + ";q=x"}, taggedJSON},
		{[]string{plain + ", application/json"}, plainJSON},
		{[]string{"application/json, " + plain}, plainJSON},
		{[]string{"application/json, " + plain + ";q=0.9"}, taggedJSON},
		{[]string{"application/json;q=0.8, " + plain + ";q=0.9"}, plainJSON},
		{[]string{"*/*, " + plain + ";q=0.9"}, taggedJSON},
		// The closest entry says how much tagged is wanted.
		{[]string{"*/*, application/json;q=0.5, " + plain + ";q=0.7"}, plainJSON},
		{[]string{"application/*;q=0.8, */*;q=0.1, " + plain + ";q=0.7"}, taggedJSON},
		{[]string{"application/json;q=0, */*, " + plain + ";q=0.1"}, plainJSON},
		// Commas in quotes separate nothing.
		{[]string{`text/x;a="x, ` + plain + `, y"`}, taggedJSON},
		{[]string{`text/x;a="\", ` + plain + `, y"`}, taggedJSON},
		{[]string{`text/x;a="\\", ` + plain}, plainJSON},
		{[]string{"nonsense;;, " + plain}, plainJSON},
		{[]string{"application/json;profile=plain;profile=other"}, taggedJSON},
		{[]string{"*/*;profile=plain"}, taggedJSON},
	} {
		if got := formOf(http.Header{"Accept": test.accept}); got != test.want {
			t.Errorf("%q: plain is %v, want %v", strings.Join(test.accept, " | "), got, test.want)
		}
	}
}
