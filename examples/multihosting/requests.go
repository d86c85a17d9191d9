package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// An answer is a table as it comes over HTTP: its type, its value, and nothing.
type answer struct {
	Value []json.RawMessage `json:"value"`
}

// eightAtOnce asks for as many tables as there are workers, all at once, and
// prints who made which.
func (s *stage) eightAtOnce(ctx context.Context, server string) error {
	s.say("$ curl -s 'http://%s/Xy?x=1&y=2'   # and seven more, at once", server)
	before := len(s.watch.all("table made"))
	took := make([]time.Duration, workers)
	failed := make([]error, workers)
	began := time.Now()
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			failed[i] = ask(ctx, server, i+1, 2)
			took[i] = time.Since(began)
		})
	}
	all.Wait()
	total := time.Since(began)
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	if err := s.watch.await(ctx, before+workers, "table made"); err != nil {
		return err
	}
	for _, e := range s.watch.all("table made")[before:] {
		who := e["role"]
		if who == "" {
			who = "the worker on its own"
		}
		s.say("  a table of %s × %s by %s", e["x"], e["y"], who)
	}
	s.say("Eight tables of %v each in %v.", pause, total.Round(time.Millisecond))
	if total > workers*pause/2 {
		return fmt.Errorf("eight requests at once waited for one another: %v", took)
	}
	return nil
}

// ask gets one table and looks at it.
func ask(ctx context.Context, server string, x, y int) error {
	url := fmt.Sprintf("http://%s/Xy?x=%d&y=%d", server, x, y)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var a answer
	if err := json.NewDecoder(response.Body).Decode(&a); err != nil {
		return fmt.Errorf("%s: %s: %w", url, response.Status, err)
	}
	if response.StatusCode != http.StatusOK || len(a.Value) != 3 {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	var table [][]float64
	if err := json.Unmarshal(a.Value[1], &table); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	if len(table) != y || len(table[0]) != x {
		return fmt.Errorf("%s: a table of %d rows", url, len(table))
	}
	return nil
}
