package actor

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type httpXy struct{ X, Y int }

type httpWish struct{ For string }

var httpTypes = Types{Type[httpXy]("Xy"), Type[httpWish]("wish"), Type[httpDouble]("double"), Type[httpTwin]("Double")}

type (
	httpDouble struct{ A int }
	httpTwin   struct{ B int }
)

// clerk replies as it is asked to.
func clerk(self *Self) any {
	for m := range self.Messages() {
		switch m := m.(type) {
		case httpXy:
			table := make([][]float64, m.Y)
			for i := range table {
				table[i] = make([]float64, m.X)
				table[i][0] = float64(m.X)
			}
			self.Reply(table)
		case httpWish:
			self.Reply(wishes[m.For])
		case httpDouble:
			self.Reply("double")
		case httpTwin:
			self.Reply("twin")
		}
	}
	return Aborted{}
}

var wishes = map[string]any{
	"nothing":     nil,
	"fault":       Faulted{"no <luck>", "it is Sunday"},
	"overloaded":  Overloaded{7},
	"unavailable": Unavailable{"no worker"},
	"timed-out":   TimedOut{time.Second},
	"aborted":     Aborted{},
	"unencodable": math.NaN(),
	"unknown":     struct{ A int }{},
	"teapot":      HTTPResponse{Status: 418, Header: http.Header{"Content-Type": {"text/plain"}, "X-Pot": {"a", "b"}}, Body: []byte("short and stout")},
	"plain":       HTTPResponse{Header: http.Header{"content-type": {"text/plain"}}, Body: []byte("plain")},
	"no-content":  HTTPResponse{Status: 204},
	"bad-status":  HTTPResponse{Status: 100},
	"bad-body":    HTTPResponse{Status: 304, Body: []byte("x")},
	"bad-header":  HTTPResponse{Header: http.Header{"content-length": {"7"}}, Body: []byte("x")},
}

// A worker in another process may decide the whole response.
func TestResponseOfAnotherProcess(t *testing.T) {
	plant(t, httpTypes, func(t *testing.T, tr *tree) {
		one, two := tr.open(t, Options{}), tr.open(t, Options{})
		one.Spawn(func(self *Self) any {
			if err := self.Publish("clerk"); err != nil {
				return err
			}
			return clerk(self)
		})
		client, leave := two.Enter("client")
		defer leave()
		client.Subscribe("clerk")
		handler := two.Handler(await[Available](t, client).Publisher, httpTypes)
		for _, test := range []struct {
			wish, want string
			status     int
			header     http.Header
		}{
			{"teapot", "short and stout", 418, http.Header{"Content-Type": {"text/plain"}, "X-Pot": {"a", "b"}}},
			{"no-content", "", 204, http.Header{}},
		} {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest("GET", "/wish?for="+test.wish, nil))
			if w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("%s: got %d %q, want %d %q", test.wish, w.Code, w.Body, test.status, test.want)
			}
			if diff := cmp.Diff(test.header, w.Header()); diff != "" {
				t.Errorf("%s: header: want -, got +:\n%s", test.wish, diff)
			}
		}
	})
}

// refused is the body of an error.
func refused(status int, reason string) string {
	return fmt.Sprintf(`{"error":{"status":%d,"reason":"%s"}}`+"\n", status, reason)
}

func fetch(t *testing.T, method, url, content, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if content != "" {
		request.Header.Set("Content-Type", content)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func textOf(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func closing(t *testing.T, sys *System) {
	t.Cleanup(func() {
		if err := sys.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestHTTPStatuses(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	server := httptest.NewServer(sys.Handler(sys.Spawn(clerk), httpTypes))
	defer server.Close()
	const form, plain = "application/x-www-form-urlencoded", "application/json"
	table := `{"value":["vector<vector<float8>>",[[2,0],[2,0]],[]]}` + "\n"
	none := refused(404, `there is no \"Zz\"; there are: Double, Xy, double, wish`)
	unsupported := func(content string) string {
		return refused(415, fmt.Sprintf(`the content type \"%s\" is neither application/json nor application/x-www-form-urlencoded, in UTF-8`, content))
	}
	for _, test := range []struct {
		method, path, content, body string
		status                      int
		want                        string
	}{
		{"GET", "/Xy?x=2&y=2", "", "", 200, table},
		{"GET", "/xy?X=2&Y=2", "", "", 200, table},
		{"GET", "/api/v1/XY/?x=2&y=2", "", "", 200, table},
		{"POST", "/xy", form, "x=2&y=2", 200, table},
		{"POST", "/xy", plain, `{"x": 2, "y": 2}`, 200, table},
		{"POST", "/xy", plain + "; charset=UTF-8", `{"value": ["Xy", {"x": 2, "y": 2}, []]}`, 200, table},
		{"GET", "/double", "", "", 200, `{"value":["string","double",[]]}` + "\n"},
		{"GET", "/Double", "", "", 200, `{"value":["string","twin",[]]}` + "\n"},
		{"GET", "/wish?for=nothing", "", "", 200, `{"value":["nil",null,[]]}` + "\n"},

		{"GET", "/Xy?x=%zz", "", "", 400, refused(400, `invalid URL escape \"%zz\"`)},
		{"POST", "/Xy", form, "x=%zz", 400, refused(400, `invalid URL escape \"%zz\"`)},
		{"POST", "/Xy", form, `{"x": 2}`, 400, refused(400, "the body is JSON, but its content type is that of a form; say Content-Type: application/json")},
		{"POST", "/Xy?x=1", form, "y=1", 400, refused(400, "the fields of a POST are in its body, not in a query")},
		{"GET", "/Xy", "", "x", 400, refused(400, "a GET has no body; its fields are in the query")},
		{"GET", "/Zz?x=2", "", "", 404, none},
		{"POST", "/Xy/Zz", plain, "", 404, none},
		{"GET", "/", "", "", 404, strings.Replace(none, "Zz", "", 1)},
		{"GET", "/DOUBLE", "", "", 404, strings.Replace(none, "Zz", "DOUBLE", 1)},
		{"PUT", "/Xy?x=2", "", "", 405, refused(405, "PUT is none of GET, HEAD, POST")},
		{"POST", "/Xy", plain, `"` + strings.Repeat("x", maxHTTPBody-1) + `"`, 413, refused(413, "the body has more than 1048576 bytes")},
		{"POST", "/Xy", "", "x=1", 415, unsupported("")},
		{"POST", "/Xy", "text/plain", "x=1", 415, unsupported("text/plain")},
		{"POST", "/Xy", plain + "; charset=latin1", "{}", 415, unsupported(plain + "; charset=latin1")},

		{"GET", "/wish?for=fault", "", "", 500, refused(500, "no <luck> (it is Sunday)")},
		{"GET", "/wish?for=overloaded", "", "", 503, refused(503, "overloaded: 7 requests wait")},
		{"GET", "/wish?for=unavailable", "", "", 503, refused(503, "unavailable: no worker")},
		{"GET", "/wish?for=aborted", "", "", 503, refused(503, "aborted")},
		{"GET", "/wish?for=timed-out", "", "", 504, refused(504, "timed out after 1s")},
		{"GET", "/wish?for=teapot", "", "", 418, "short and stout"},
		{"GET", "/wish?for=plain", "", "", 200, "plain"},
		{"GET", "/wish?for=no-content", "", "", 204, ""},
		{"GET", "/wish?for=bad-status", "", "", 500, refused(500, "the actor replied with the status 100, which is none")},
		{"GET", "/wish?for=bad-body", "", "", 500, refused(500, "the actor replied with a body to the status 304, which has none")},
		{"GET", "/wish?for=bad-header", "", "", 500, refused(500, "the actor replied with a header Content-Length, which is the server's to set")},
	} {
		response := fetch(t, test.method, server.URL+test.path, test.content, test.body)
		got := textOf(t, response)
		if response.StatusCode != test.status || got != test.want {
			t.Errorf("%s %s %.40q:\n%d %s\nwant\n%d %s", test.method, test.path, test.body, response.StatusCode, got, test.status, test.want)
		}
		header := map[string]string{}
		if strings.HasPrefix(test.want, "{") {
			header["Content-Type"] = "application/json"
		}
		switch test.status {
		case 405:
			header["Allow"] = "GET, HEAD, POST"
		case 503:
			header["Retry-After"] = "1"
		}
		for _, name := range []string{"Content-Type", "Allow", "Retry-After"} {
			if want, ok := header[name]; (ok || name != "Content-Type") && response.Header.Get(name) != want {
				t.Errorf("%s %s: header %s: %q, want %q", test.method, test.path, name, response.Header.Get(name), want)
			}
		}
	}

	// The words for what a type does not take are the codec's.
	for _, test := range []struct {
		method, path, content, body string
		status                      int
		want                        string
	}{
		{"GET", "/Xy?x=two", "", "", 400, `"status":400`},
		{"GET", "/Xy?z=2", "", "", 400, `"status":400`},
		{"POST", "/Xy", plain, `{"x": "two"}`, 400, `"status":400`},
		{"POST", "/Xy", plain, `{"x": 2`, 400, `"status":400`},
		{"POST", "/Xy", plain, ``, 400, `"status":400`},
		{"POST", "/Xy", plain, `{"value": ["wish", {}, []]}`, 400, `"status":400`},
		{"GET", "/wish?for=unencodable", "", "", 500, "NaN"},
		{"GET", "/wish?for=unknown", "", "", 500, "not registered"},
	} {
		response := fetch(t, test.method, server.URL+test.path, test.content, test.body)
		if got := textOf(t, response); response.StatusCode != test.status || !strings.Contains(got, test.want) {
			t.Errorf("%s %s %s: %d %s; want %d and %s", test.method, test.path, test.body, response.StatusCode, got, test.status, test.want)
		}
	}
}

func TestHTTPResponseHeader(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	recorder := httptest.NewRecorder()
	handler := sys.Handler(sys.Spawn(clerk), httpTypes)
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/wish?for=teapot", nil))
	want := http.Header{"Content-Type": {"text/plain"}, "X-Pot": {"a", "b"}}
	if diff := cmp.Diff(want, recorder.Header()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	recorder = httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/wish?for=plain", nil))
	if diff := cmp.Diff(http.Header{"Content-Type": {"text/plain"}}, recorder.Header()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestHTTPHead(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	server := httptest.NewServer(sys.Handler(sys.Spawn(clerk), httpTypes))
	defer server.Close()
	for _, path := range []string{"/Xy?x=2&y=2", "/nowhere"} {
		get, head := fetch(t, "GET", server.URL+path, "", ""), fetch(t, "HEAD", server.URL+path, "", "")
		get.Header.Del("Date")
		head.Header.Del("Date")
		if diff := cmp.Diff(get.Header, head.Header); diff != "" || get.StatusCode != head.StatusCode {
			t.Errorf("%s: GET %d, HEAD %d: GET -, HEAD +:\n%s", path, get.StatusCode, head.StatusCode, diff)
		}
		if body := textOf(t, head); body != "" {
			t.Errorf("HEAD %s: body %q", path, body)
		}
	}
}

func TestHTTPNoReply(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes, AskTimeout: 20 * time.Millisecond})
	closing(t, sys)
	handler := sys.Handler(sys.Spawn(func(self *Self) any {
		for range self.Messages() { // and no reply
		}
		return nil
	}), httpTypes)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/Xy", nil))
	if got, want := recorder.Body.String(), refused(504, "timed out after 20ms"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	// A caller who gives less time is told the same way.
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	recorder = httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest("GET", "/Xy", nil).WithContext(ctx))
	if got, want := recorder.Body.String(), refused(504, "context deadline exceeded"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHTTPActorCannot(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	ended := sys.Spawn(func(*Self) any { return nil }, Named("ended"))
	if _, err := sys.Wait(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	free := make(chan struct{})
	full := sys.Spawn(func(self *Self) any { <-free; return nil }, Mailbox(1))
	defer close(free)
	if err := sys.Send(full, httpXy{}); err != nil {
		t.Fatal(err)
	}
	fails := sys.Spawn(func(self *Self) any { self.Input(); panic("told to") }, Restart{})
	for reason, to := range map[string]Address{": ended": ended, ": overloaded": full, "nobody": {}, failedOver: fails} {
		recorder := httptest.NewRecorder()
		sys.Handler(to, httpTypes).ServeHTTP(recorder, httptest.NewRequest("GET", "/Xy", nil))
		if got := recorder.Body.String(); recorder.Code != 503 || !strings.Contains(got, reason) {
			t.Errorf("got %d %s, want 503 and %s", recorder.Code, got, reason)
		}
	}
}

func TestHTTPManyAtOnce(t *testing.T) {
	sys := alone(t, Options{Types: httpTypes})
	closing(t, sys)
	server := httptest.NewServer(sys.Handler(sys.Spawn(clerk), httpTypes))
	defer server.Close()
	var work sync.WaitGroup
	for x := 1; x <= 32; x++ {
		work.Go(func() {
			want := fmt.Sprintf(`{"value":["vector<vector<float8>>",[[%d%s]],[]]}`+"\n", x, strings.Repeat(",0", x-1))
			for range 10 {
				response, err := http.Get(fmt.Sprintf("%s/Xy?x=%d&y=1", server.URL, x))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || string(got) != want {
					t.Errorf("x=%d: %s, %v; want %s", x, got, err, want)
				}
			}
		})
	}
	work.Wait()
}
