package actor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var wholeTypes = append(httpTypes[:len(httpTypes):len(httpTypes)], Type[HTTPRequest]("whole"))

// porter replies with what it got, and clerk's wishes.
func porter(self *Self) any {
	for m := range self.Messages() {
		if wish, ok := m.(httpWish); ok {
			m = wishes[wish.For]
		}
		self.Reply(m)
	}
	return Aborted{}
}

// say sends a request as it is written, and returns the response.
func say(t *testing.T, address, request string) (status int, body string) {
	t.Helper()
	conn := (&shop{t: t, address: address}).dial(request)
	method, _, _ := strings.Cut(request, " ")
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	b, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return response.StatusCode, string(b)
}

// A request whose path is none of the types is a message itself, if the actor wants
// such.
func TestHTTPRequest(t *testing.T) {
	sys := alone(t, Options{Types: wholeTypes})
	closing(t, sys)
	got := make(chan any, 1)
	to := sys.Spawn(func(self *Self) any {
		for m := range self.Messages() {
			got <- m
			self.Reply(HTTPResponse{Status: 202, Body: []byte("ok")})
		}
		return nil
	})
	server := httptest.NewServer(sys.Handler(to, wholeTypes))
	defer server.Close()
	address := server.Listener.Addr().String()
	for _, test := range []struct {
		request string
		want    any
	}{
		{"PUT /a%20b/c?x=%zz&y HTTP/1.1\r\nHost: here\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 3\r\n\r\nabc",
			HTTPRequest{"PUT", "/a%20b/c?x=%zz&y", http.Header{"Host": {"here"}, "X-A": {"1", "2"}, "Content-Length": {"3"}}, []byte("abc")}},
		{"GET / HTTP/1.1\r\nHost: here\r\n\r\n", HTTPRequest{"GET", "/", http.Header{"Host": {"here"}}, []byte{}}},
		{"HEAD /whole HTTP/1.1\r\nHost: here\r\n\r\n", HTTPRequest{"HEAD", "/whole", http.Header{"Host": {"here"}}, []byte{}}},
		{"BREW /DOUBLE HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n",
			HTTPRequest{"BREW", "/DOUBLE", http.Header{"Host": {"here"}}, []byte("xy")}},
		{"GET /xy?x=1 HTTP/1.1\r\nHost: here\r\n\r\n", httpXy{X: 1}}, // a type goes first
	} {
		if status, _ := say(t, address, test.request); status != 202 {
			t.Errorf("%q: status %d", test.request, status)
		}
		if diff := cmp.Diff(test.want, <-got); diff != "" {
			t.Errorf("%q: want -, got +:\n%s", test.request, diff)
		}
	}
	for _, test := range []struct {
		request, want string
		status        int
	}{
		{"PUT /xy HTTP/1.1\r\nHost: here\r\n\r\n", refused(405, "PUT is none of GET, HEAD, POST"), 405},
		{"PUT /any HTTP/1.1\r\nHost: here\r\nContent-Length: 1048577\r\n\r\n", refused(413, "the body has more than 1048576 bytes"), 413},
		{"PUT /any HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n" + strings.Repeat("x", maxHTTPBody+1) + "\r\n0\r\n\r\n", refused(413, "the body has more than 1048576 bytes"), 413},
		{"GET /?\xff HTTP/1.1\r\nHost: here\r\n\r\n", refused(400, "the URI is not UTF-8"), 400},
		{"GET /any HTTP/1.1\r\nHost: here\r\nX-A: \xff\r\n\r\n", refused(400, "the header X-A is not UTF-8"), 400},
	} {
		if status, body := say(t, address, test.request); status != test.status || body != test.want {
			t.Errorf("%.80q: got %d %s, want %s", test.request, status, body, test.want)
		}
	}
}

// A whole request may be forwarded to another process, whatever name is given for it.
func TestHTTPRequestOfAnotherProcess(t *testing.T) {
	plant(t, wholeTypes, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		one.Spawn(func(self *Self) any {
			if err := self.Publish("porter"); err != nil {
				return err
			}
			return porter(self)
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("porter")
		handler := two.Handler(await[Available](t, client).Publisher, wholeTypes)
		w := httptest.NewRecorder()
		r := httptest.NewRequest("DELETE", "/thing/7?now", strings.NewReader("why"))
		r.Header.Set("Accept", "application/json; profile=plain")
		handler.ServeHTTP(w, r)
		want := `{"method":"DELETE","uri":"/thing/7?now","header":{"Accept":["application/json; profile=plain"],"Host":["example.com"]},"body":"d2h5"}` + "\n"
		if w.Body.String() != want {
			t.Errorf("got %swant %s", w.Body, want)
		}
	})
}

// Who accepts plain JSON gets replies and errors without tags, and the others do not.
func TestHTTPPlain(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	server := httptest.NewServer(sys.Handler(sys.Spawn(clerk), httpTypes))
	defer server.Close()
	for _, test := range []struct {
		path, accept, content, want string
	}{
		{"/Xy?x=2&y=2", "application/json;profile=plain", "application/json; profile=plain", "[[2,0],[2,0]]\n"},
		{"/Xy?x=2&y=2", "application/json", "application/json", `{"value":["vector<vector<float8>>",[[2,0],[2,0]],[]]}` + "\n"},
		{"/wish?for=nothing", "application/json;profile=plain", "application/json; profile=plain", "null\n"},
		{"/wish?for=fault", "application/json;profile=plain", "application/json; profile=plain", refused(500, "no <luck> (it is Sunday)")},
		{"/wish?for=unencodable", "application/json;profile=plain", "application/json; profile=plain", refused(500, "actor.Send: float64: NaN is not a number in JSON")},
		{"/nowhere", "application/json;profile=plain", "application/json; profile=plain", refused(404, `there is no \"nowhere\"; there are: Double, Xy, double, wish`)},
		{"/wish?for=teapot", "application/json;profile=plain", "text/plain", "short and stout"},
	} {
		request, _ := http.NewRequest("GET", server.URL+test.path, nil)
		request.Header.Set("Accept", test.accept)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		got, content := textOf(t, response), response.Header.Get("Content-Type")
		if got != test.want || content != test.content {
			t.Errorf("%s: got %s %swant %s %s", test.path, content, got, test.content, test.want)
		}
		if vary := response.Header.Get("Vary"); (vary == "Accept") != strings.HasPrefix(content, "application/json") {
			t.Errorf("%s: Vary: %q", test.path, vary)
		}
	}
}

// Whatever a client says, it gets a response that is sound: in the form that it asked
// for, and never a fault of ours.
func FuzzHTTP(f *testing.F) {
	for _, seed := range []string{
		"GET /xy?x=1&y=2 HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST /Xy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: application/json;profile=plain\r\nContent-Length: 7\r\n\r\n{\"x\":1}",
		"POST /xy HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n{\"value\":[\"Xy\",{\"x\":1,\"y\":2},[]]}  ",
		"POST /xy HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nx=1",
		"PUT /a/b?c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n0\r\n\r\n",
		"GET /wish?for=teapot HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://x/wish?for=no-content HTTP/1.1\r\nHost: x\r\nAccept: */*;q=0.1, application/json; profile=\"plain\"\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: \xff\r\n\r\n",
		"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	sys := alone(f, Options{Types: wholeTypes})
	f.Cleanup(func() { sys.Close(f.Context()) })
	handler := sys.Handler(sys.Spawn(porter), wholeTypes)
	f.Fuzz(func(t *testing.T, request []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 499 && !strings.Contains(strings.ToLower(r.URL.RequestURI()+string(request)), "wish") {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		content := w.Header().Get("Content-Type")
		if !strings.HasPrefix(content, "application/json") {
			return
		}
		var body any
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%v: %s", err, w.Body)
		}
		object, _ := body.(map[string]any)
		_, tagged := object["value"]
		if plain := strings.HasSuffix(content, "; profile=plain"); w.Code == 200 && plain == tagged {
			t.Fatalf("the form is not that of %s: %s", content, w.Body)
		}
		if refusal, _ := object["error"].(map[string]any); w.Code >= 400 && refusal["status"] != float64(w.Code) {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}
