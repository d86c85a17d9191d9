package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// The server counts what many ask at once, and says so at its end.
func TestEmbedding(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- run(ctx, l, &out) }()
	visit := func(page string) string {
		r, err := http.Get("http://" + l.Addr().String() + "/visit/" + page)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %v", page, r.Status, err)
		}
		return string(b)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { visit("home") })
	}
	all.Wait()
	if got := visit("home") + visit("about"); got != "21\n1\n" {
		t.Errorf("got %q", got)
	}
	http.DefaultClient.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got, want := out.String(), "visits: map[about:1 home:21]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
