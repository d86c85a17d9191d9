package actor

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// mute keeps what a server logs from the output of tests.
func mute(s *httptest.Server) *httptest.Server {
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	return s
}

func TestNotConnectedToHTTP(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	foreign := mute(httptest.NewTLSServer(http.NotFoundHandler()))
	defer foreign.Close()
	sys := clientSystem(t, Options{})
	for _, test := range []struct{ url, want string }{
		{"http://" + nobody.Addr().String() + "/x", "connection refused; is the server running?"},
		{foreign.URL, "tls: failed to verify certificate: x509: certificate signed by unknown authority; Options.TLS has whom to trust"},
		{strings.Replace(plain.URL, "http", "https", 1), "tls: first record does not look like a TLS handshake; does the server speak http, not https?"},
		{"127.0.0.1:5050", "first path segment in URL cannot contain colon"},
		{"server", "its scheme is neither http nor https: http://host:port/"},
		{"ftp://server/", "its scheme is neither http nor https: http://host:port/"},
		{"http:///x", "it has no host: http://host:port/"},
		{"http://me:secret@server/", "it has a user: an Authorization is for the Header of an HTTPRequest"},
		{"http://server/?x=1", "it has more than a path: a query is for the URI of an HTTPRequest"},
		{"http://server/#x", "it has more than a path: a query is for the URI of an HTTPRequest"},
		{"http://server:x/", `invalid port ":x" after host`},
		{"http://server:99999/", "lookup tcp/99999: unknown port"},
		{"http://a b/", `invalid character " " in host name`},
	} {
		self, got := dialedHTTP(t, sys, test.url)
		if m, ok := got.(NotConnected); ok && strings.HasPrefix(m.Reason, "address 99999: invalid port") {
			m.Reason = "lookup tcp/99999: unknown port"
			got = m
		}
		sameAnswer(t, test.url, got, NotConnected{test.url, test.want})
		sameAnswer(t, test.url+": Error", got.(error).Error(), "actor.Connect: "+test.url+": "+test.want)
		for child := range self.Children() {
			t.Errorf("%s: %v is left", test.url, child)
		}
	}
}

func TestHTTPSClient(t *testing.T) {
	server := mute(httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto, " ", r.RequestURI)
	})))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	config := &tls.Config{RootCAs: trusted, NextProtos: []string{"h2"}}
	self, remote := connectedHTTP(t, clientSystem(t, Options{TLS: config}), server.URL)
	sameAnswer(t, "answer", string(askedHTTP(t, self, remote, HTTPRequest{URI: "a"}).(HTTPResponse).Body), "HTTP/1.1 /a")
	sameAnswer(t, "the options", config.NextProtos, []string{"h2"})
	server.CloseClientConnections()
	sameAnswer(t, "last", self.Input(), Closed{remote, "the server closed the connection"})
}

// A server that wants a certificate says so only after the handshake.
func TestHTTPSClientIsUnknown(t *testing.T) {
	server := mute(httptest.NewUnstartedServer(http.NotFoundHandler()))
	server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	self, remote := connectedHTTP(t, clientSystem(t, Options{TLS: &tls.Config{RootCAs: trusted}}), server.URL)
	sameAnswer(t, "last", self.Input(), Closed{remote, "tls: certificate required"})
}

// A connection that is reset is lost like any.
func TestHTTPConnectionIsReset(t *testing.T) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	go func() {
		conn, err := socket.Accept()
		if err != nil {
			return
		}
		http.ReadRequest(bufio.NewReader(conn))
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	}()
	self, remote := connectedHTTP(t, clientSystem(t, Options{}), "http://"+socket.Addr().String())
	sameAnswer(t, "reply", askedHTTP(t, self, remote, httpXy{}), Undelivered{remote, httpXy{}, "connection reset by peer"})
	sameAnswer(t, "last", self.Input(), Closed{remote, "connection reset by peer"})
}

// An HTTPRequest is sent as it is.
func TestHTTPRequestIsSentAsItIs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		header := r.Header.Clone()
		header.Del("Content-Length")
		fmt.Fprint(w, r.Method, " ", r.RequestURI, " ", r.Host, " ", header, " ", string(body))
	}))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	self, remote := connectedHTTP(t, clientSystem(t, Options{}), server.URL+"/a%2Fb")
	own := " map[User-Agent:[layer-cake]] "
	no := func(explanation string) Faulted { return Faulted{"message is no request", explanation} }
	for _, test := range []struct {
		request HTTPRequest
		want    any
	}{
		{HTTPRequest{}, "GET /a%2Fb/ " + host + own},
		{HTTPRequest{URI: "c?d=e%20f"}, "GET /a%2Fb/c?d=e%20f " + host + own},
		{HTTPRequest{URI: "/../x//y"}, "GET /../x//y " + host + own},
		{HTTPRequest{URI: "//other/x"}, "GET //other/x " + host + own},
		{HTTPRequest{URI: "?x"}, "GET /a%2Fb/?x " + host + own},
		{HTTPRequest{Method: "PATCH", URI: "/", Body: []byte("body")}, "PATCH / " + host + own + "body"},
		{HTTPRequest{URI: "/", Header: http.Header{"host": {"me"}, "user-agent": {"you"}, "X-A": {"b", "c"}}},
			"GET / me map[User-Agent:[you] X-A:[b c]] "},
		{HTTPRequest{URI: "/", Header: http.Header{"content-length": {"7"}, "connection": {"close"}, "Upgrade": {"x"}, "Te": {"trailers"}}},
			"GET / " + host + own},

		{HTTPRequest{URI: "http://other/x"}, no(`its URI "http://other/x" is not of this connection: it begins with a path`)},
		{HTTPRequest{URI: "/a b"}, no(`its URI "/a b" has a space or a fragment`)},
		{HTTPRequest{URI: "/a#b"}, no(`its URI "/a#b" has a space or a fragment`)},
		{HTTPRequest{URI: "/a\r\nb"}, no(`its URI "/a\r\nb" is none`)},
		{HTTPRequest{URI: "/%zz"}, no(`its URI "/%zz" is none`)},
		{HTTPRequest{Method: "GET /x", URI: "/"}, no(`net/http: invalid method "GET /x"`)},
		{HTTPRequest{Method: "CONNECT", URI: "/"}, no("CONNECT makes no request")},
		{HTTPRequest{Header: http.Header{"X A": {"b"}}}, no(`its header "X A" is none`)},
		{HTTPRequest{Header: http.Header{"X-A": {"b\r\nX-C: d"}}}, no(`its header "X-A" is none`)},
		{HTTPRequest{Header: http.Header{"Host": {"a b"}}}, no(`its header "Host" is none`)},
		{HTTPRequest{Header: http.Header{"A": {strings.Repeat("b", 64<<10)}}}, no("its header has 65541 bytes, and may have 65536")},
		{HTTPRequest{Body: make([]byte, 1<<20+1)}, no("its body has 1048577 bytes, and may have 1048576")},
	} {
		got := askedHTTP(t, self, remote, test.request)
		if r, ok := got.(HTTPResponse); ok {
			got = string(r.Body)
		}
		sameAnswer(t, fmt.Sprintf("%.60v", test.request), got, test.want)
	}
	head := askedHTTP(t, self, remote, HTTPRequest{Method: "HEAD", URI: "/"}).(HTTPResponse)
	if len(head.Body) > 0 || head.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: got %v", head)
	}
}

// An HTTPResponse may be the reply of a server as it came.
func TestHTTPResponseIsPassedOn(t *testing.T) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "keep-alive")
		w.Header().Set("X-A", "b")
		w.WriteHeader(418)
		io.WriteString(w, "short and stout")
	}))
	defer behind.Close()
	sys := clientSystem(t, Options{})
	_, remote := connectedHTTP(t, sys, behind.URL)
	front := httptest.NewServer(sys.Handler(sys.Spawn(func(self *Self) any {
		for range self.Messages() {
			self.Forward(remote, HTTPRequest{URI: "/"})
		}
		return Aborted{}
	}), httpTypes))
	defer front.Close()
	response := fetch(t, "GET", front.URL+"/xy", "", "")
	sameAnswer(t, "answer", fmt.Sprint(response.Status, response.Header["X-A"], textOf(t, response)), "418 I'm a teapot[b]short and stout")
}

// The mailbox of who asks may be full: what is not taken does not stop the connection.
func TestHTTPAnswersNobodyTakes(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	sys := clientSystem(t, Options{})
	self, remote := connectedHTTP(t, sys, server.URL)
	sent, busy := make(chan struct{}), make(chan struct{})
	deaf := sys.Spawn(func(self *Self) any {
		self.Send(remote, HTTPRequest{})
		self.Send(self.Address(), httpXy{})
		close(sent)
		<-busy
		return nil
	}, Mailbox(1))
	<-sent
	if m := askedHTTP(t, self, remote, HTTPRequest{}).(HTTPResponse); m.Status != 404 {
		t.Errorf("got %v", m)
	}
	sameAnswer(t, "refused", sys.Counts().Refused, uint64(1))
	close(busy)
	sys.Wait(context.Background(), deaf)
}
