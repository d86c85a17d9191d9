//go:build unix

package actor

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// filesVariable makes TestListenerWithoutFiles the program that has no file left.
const filesVariable = "LAYER_CAKE_TEST_FILES"

// A process that has no file left for a connection loses its listener; its actor is told,
// and may listen again when there are files.
func TestListenerWithoutFiles(t *testing.T) {
	if os.Getenv(filesVariable) != "" {
		useUpFiles(t)
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^TestListenerWithoutFiles$")
	c.Env = append(os.Environ(), filesVariable+"=1")
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func useUpFiles(t *testing.T) {
	sys := overTCP(t)
	t.Cleanup(func() { sys.Close(context.Background()) })
	self := enter(t, sys, "server")
	limits := usualHTTPLimits()
	limits.deaf = 20 * time.Millisecond
	if err := self.listenHTTP("127.0.0.1:0", httpTypes, limits); err != nil {
		t.Fatal(err)
	}
	address := got[Listening](t, self).Address

	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 64
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var files []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		files = append(files, f)
	}
	files[0].Close() // for the client
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := got[NotListening](t, self), (NotListening{"127.0.0.1:0", "for 20ms: too many open files"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	conn.Close()
	for _, f := range files[1:] {
		f.Close()
	}
	if err := self.ListenHTTP(address, httpTypes); err != nil {
		t.Fatal(err)
	}
	got[Listening](t, self)
	response, err := http.Get("http://" + address + "/nobody")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", response.Status)
	}
}
