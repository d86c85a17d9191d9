package tcp

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRefusals shows that the first refusal is logged at once, and the others as a number.
func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r := refusals{log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
				return slog.Attr{}
			}
			return a
		}}))}
		expect := func(want ...string) {
			t.Helper()
			synctest.Wait()
			r.mu.Lock() // what is logged is logged under it
			defer r.mu.Unlock()
			if got := strings.TrimSpace(log.String()); got != strings.Join(want, "\n") {
				t.Errorf("log:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
			}
			log.Reset()
		}
		r.add("a:1", errors.New("one"))
		expect(`msg="connection refused" remote=a:1 err=one`)
		for range 1000 {
			r.add("b:2", errors.New("two"))
		}
		expect("")
		time.Sleep(quiet)
		synctest.Wait()
		expect(`msg="more connections refused" count=1000 last=b:2 err=two`)
		r.add("c:3", errors.New("three"))
		time.Sleep(quiet)
		synctest.Wait()
		expect(`msg="more connections refused" count=1 last=c:3 err=three`)
		time.Sleep(quiet)
		synctest.Wait()
		r.add("d:4", errors.New("four"))
		expect(`msg="connection refused" remote=d:4 err=four`)
		r.add("e:5", errors.New("five"))
		r.stop()
		expect(`msg="more connections refused" count=1 last=e:5 err=five`)
	})
}
