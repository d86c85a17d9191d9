package actor

import (
	"net/http"
	"testing"
	"time"
)

// FuzzHTTPAnswer: whatever a server answers is one of what ConnectHTTP says, and a value
// is the same again when it is written and read once more.
func FuzzHTTPAnswer(f *testing.F) {
	for _, body := range []string{
		`{"value":["Xy",{"x":2,"y":3},[]]}`, `{"value":["vector<vector<float8>>",[[0.5],null],[]]}`,
		`{"value":["nil",null,[]]}`, `{"value":["string","\u20ac",[]]}`, `{"value":["map<string,any>",{"a":["Xy",{},[]]},[]]}`,
		`{"value":["layer-cake.undelivered",{"message":["block","AA==",[]]},[]]}`, `{"value":["vector<any>",[1,"a",{}],[]]}`,
		`{"value":["time","2026-01-02T03:04:05Z",[]]}`, `{"value":["duration","1m30s",[]]}`, `{"value":["integer8",1e400,[]]}`,
		`{"error":{"status":503,"reason":"overloaded: 7 requests wait"}}`, `{"error":{}}`, `[`, ``,
	} {
		f.Add(200, "application/json", "", []byte(body))
		f.Add(503, "application/json; charset=utf-8", "1", []byte(body))
	}
	f.Add(504, "text/html", "", []byte(`{"error":{"status":504,"reason":"timed out after 1s"}}`))
	types, err := newRegistry(clientTypes)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, content, retry string, body []byte) {
		r := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {content}, "Retry-After": {retry}}}
		switch m := answerOf(types, r, body).(type) {
		case HTTPResponse:
			if m.Status != status || string(m.Body) != string(body) {
				t.Errorf("got %v", m)
			}
		case Faulted, Overloaded, Unavailable, TimedOut, Aborted, Undelivered:
		default:
			text, err := types.EncodeJSON(m)
			if err != nil {
				t.Fatalf("%#v: %v", m, err)
			}
			again, tagged, err := types.DecodeTagged(text)
			if err != nil || !tagged {
				t.Fatalf("%s: %v %v", text, tagged, err)
			}
			if second, err := types.EncodeJSON(again); err != nil || string(second) != string(text) {
				t.Fatalf("%s then %s, %v", text, second, err)
			}
		}
	})
}

func TestHTTPErrors(t *testing.T) {
	for _, test := range []struct {
		status int
		retry  string
		reason string
		want   error
	}{
		{503, "1", "overloaded: 7 requests wait", Overloaded{7}},
		{503, "1", "busy: an answer takes 1.5s", Busy{1500 * time.Millisecond}},
		{503, "1", "overloaded: 7 requests wait, and more", Unavailable{"overloaded: 7 requests wait, and more"}},
		{503, "1", "unavailable: no worker", Unavailable{"no worker"}},
		{503, "", "unavailable: no worker", Faulted{"HTTP 503 Service Unavailable", "unavailable: no worker"}},
		{504, "", "timed out after 1m30s", TimedOut{90 * time.Second}},
		{504, "", "no answer", TimedOut{}},
		{400, "", "x: no", Faulted{"HTTP 400 Bad Request", "x: no"}},
	} {
		r := &http.Response{StatusCode: test.status, Header: http.Header{"Retry-After": {test.retry}}}
		got := errorOf(r, []byte(`{"error":{"reason":"`+test.reason+`","status":1,"more":[]},"other":2}`))
		sameAnswer(t, test.reason, got, test.want)
	}
}
