package actor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// certificateOf makes a certificate for 127.0.0.1 with that number.
func certificateOf(t *testing.T, number int64) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(number),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// certify makes what a server needs, and what its clients do.
func certify(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	c := certificateOf(t, 1)
	roots := x509.NewCertPool()
	roots.AddCert(c.Leaf)
	return &tls.Config{Certificates: []tls.Certificate{c}}, roots
}

func secureClient(t *testing.T, roots *x509.CertPool, http2 bool) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: http2}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestListenHTTPEncrypted(t *testing.T) {
	config, roots := certify(t)
	for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(protocol, func(t *testing.T) {
			sys := alone(t, Options{Types: httpTypes, TLS: config})
			closing(t, sys)
			s := newSpring()
			s.head = events
			url, _ := serve(t, sys, s, usualHTTPLimits(), Encrypted)
			c := secureClient(t, roots, http2)
			url = strings.Replace(url, "http:", "https:", 1)
			response := open(t, c, url)
			if response.Proto != protocol || response.TLS == nil {
				t.Errorf("%s, TLS %v", response.Proto, response.TLS != nil)
			}
			flowsAsSaid(t, s, response)

			// Cut off; and the client goes away.
			response = open(t, c, url)
			next[HTTPNext](t, s)
			s.say <- Faulted{"no more", ""}
			if got, err := io.ReadAll(response.Body); string(got) != "begin\n" || err == nil {
				t.Errorf("got %q, %v, want an error", got, err)
			}
			response = open(t, c, url)
			at := next[HTTPNext](t, s).Client
			response.Body.Close()
			s.say <- nil
			if diff := cmp.Diff(HTTPClosed{at, "the client is gone"}, next[HTTPClosed](t, s), cmp.Comparer(same)); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}

			// Who does not speak TLS is told so.
			answer := (&shop{address: strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/xy")}).get("/xy")
			if got := <-answer; !strings.HasPrefix(got, "400 ") || !strings.Contains(got, "HTTPS") {
				t.Errorf("got %s", got)
			}
		})
	}
	if config.NextProtos != nil {
		t.Errorf("the options were changed: %v", config.NextProtos)
	}
}

// The certificate may change while the listener runs.
func TestListenHTTPCertificateChanges(t *testing.T) {
	first, second := certificateOf(t, 1), certificateOf(t, 2)
	roots := x509.NewCertPool()
	roots.AddCert(first.Leaf)
	roots.AddCert(second.Leaf)
	var current atomic.Pointer[tls.Certificate]
	current.Store(&first)
	config := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }}
	s := openShop(t, Options{TLS: config}, usualHTTPLimits())
	s.do(func(self *Self) {
		if err := self.ListenHTTP("127.0.0.1:0", httpTypes, Encrypted); err != nil {
			t.Error(err)
		}
	})
	address := (<-s.heard).(Listening).Address
	for number := range int64(2) {
		response := open(t, secureClient(t, roots, true), "https://"+address+"/wish?for=x")
		if got := response.TLS.PeerCertificates[0].SerialNumber.Int64(); got != number+1 {
			t.Errorf("certificate %d, want %d", got, number+1)
		}
		want(t, textOf(t, response), `{"value":["string","done",[]]}`+"\n")
		current.Store(&second)
	}
}

func TestEncryptedNeedsACertificate(t *testing.T) {
	for _, config := range []*tls.Config{nil, {}} {
		sys := alone(t, Options{Types: httpTypes, TLS: config})
		self, leave := sys.Enter("server")
		err := self.ListenHTTP("127.0.0.1:0", httpTypes, Encrypted)
		want := NotListening{"127.0.0.1:0", "Encrypted needs a certificate, and Options.TLS has none"}
		if diff := cmp.Diff(error(want), err); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
		leave()
		closing(t, sys)
	}
}

// A connection of HTTP/2 has many requests; the listener takes no more of them than it
// may.
func TestTooManyRequests(t *testing.T) {
	config, roots := certify(t)
	limits := usualHTTPLimits()
	limits.connections = 2
	s := openShop(t, Options{TLS: config, AskTimeout: time.Hour}, limits)
	s.do(func(self *Self) {
		if err := self.listenHTTP("127.0.0.1:0", httpTypes, limits, Encrypted); err != nil {
			t.Error(err)
		}
	})
	address := (<-s.heard).(Listening).Address
	c := secureClient(t, roots, true)
	get := func(path string) <-chan string {
		answer := make(chan string, 1)
		go func() {
			response, err := c.Get("https://" + address + path)
			if err != nil {
				answer <- err.Error()
				return
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			answer <- response.Status + " " + string(body)
		}()
		return answer
	}
	first := get("/xy")
	<-s.took
	second := get("/xy") // on the same connection
	<-s.took
	want(t, <-get("/xy"), "503 Service Unavailable "+refused(503, "too many requests"))
	if err := s.sys.Send(s.self, httpWish{"x"}); err != nil {
		t.Fatal(err)
	}
	want(t, <-first, answered)
	want(t, <-second, answered)
}
