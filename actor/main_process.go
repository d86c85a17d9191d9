package actor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// A process is one run of Main.
//
//	runs ──(signal, lifeline, fatal error)──► stopped ──(main actor ended)──► closing ──► over
//	runs ───────────────────────────(main actor ended)──────────────────────► closing
//	stopped, closing ──(Grace is over, second signal)──► over
type process struct {
	program        string
	stdout, stderr io.Writer
	sys            *System
	signals        <-chan os.Signal
	lifeline       <-chan struct{} // closed when group-cake is gone; nil: there is none

	main     Address
	signaled bool
	fatal    bool             // the system cannot go on
	stopped  bool             // for one of these or the lifeline, before the main actor ended
	ended    bool             // the main actor
	value    any              // its result
	overdue  <-chan time.Time // set by the first Stop, or by the end of the main actor
}

// live runs f as the main actor until everything has ended, and returns the
// exit status.
func (m *process) live(f Func) int {
	m.main = m.sys.Spawn(f)
	ended, closed := make(chan any, 1), make(chan error, 1)
	go func() {
		value, err := m.sys.Wait(context.Background(), m.main)
		if err != nil {
			value = err
		}
		ended <- value
		closed <- m.sys.Close(context.Background())
	}()
	for {
		select {
		case s := <-m.signals:
			if m.signaled {
				return m.failed(fmt.Errorf("%v again: not waiting for %s", s, m.running()))
			}
			m.signaled = true
			m.stop()
		case <-m.lifeline:
			m.lifeline = nil
			m.sys.log.Warn("group-cake is gone")
			m.stop()
		case err := <-m.sys.Fatal():
			if !m.fatal {
				m.fatal = true
				m.complain(err)
				m.stop()
			}
		case m.value = <-ended:
			m.ended = true
			m.limit()
		case err := <-closed:
			if !m.ended { // both were there, and select took this one
				m.value, m.ended = <-ended, true
			}
			return m.over(err)
		case <-m.overdue:
			return m.over(fmt.Errorf("after %v there still run: %s", m.sys.patience, m.running()))
		}
	}
}

// stop asks the main actor to end.
func (m *process) stop() {
	if m.ended {
		return
	}
	m.stopped = true
	m.limit()
	m.sys.Stop(m.main) // an error says that it has just ended
}

// limit starts the time in which everything must end. Actors that take messages
// are ended by force when Grace is over: they get a moment to do so.
func (m *process) limit() {
	if m.overdue == nil {
		m.overdue = time.After(m.sys.patience + afterGrace/2)
	}
}

// over returns the exit status, after err if there is one.
func (m *process) over(err error) int {
	status := 0
	if m.ended {
		status = m.report()
	}
	if err != nil {
		status = m.failed(err)
	}
	if m.fatal {
		status = 1
	}
	return status
}

// running returns the names of the actors that run, each once.
func (m *process) running() string {
	var names []string
	for info := range m.sys.Actors() {
		names = append(names, info.Name)
	}
	if len(names) == 0 {
		return "nobody"
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// report prints the result of the main actor.
func (m *process) report() int {
	switch value := m.value.(type) {
	case nil:
		return 0
	case error:
		if m.stopped && (errors.As(value, new(Aborted)) || errors.Is(value, context.Canceled)) {
			return 0
		}
		return m.failed(value)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "    ")
	if err := encoder.Encode(m.value); err != nil {
		return m.failed(fmt.Errorf("the result is a %T, which cannot be printed: %w", m.value, err))
	}
	return m.print(text.String())
}

func (m *process) print(text string) int {
	if _, err := io.WriteString(m.stdout, text); err != nil {
		return m.failed(err)
	}
	return 0
}

func (m *process) failed(err error) int {
	m.complain(err)
	return 1
}

// complaintTime is how long Main waits for somebody to take what it says on stderr:
// a pipe that nobody reads keeps no process from ending.
const complaintTime = time.Second

func (m *process) complain(err error) {
	said := make(chan struct{})
	go func() {
		fmt.Fprintf(m.stderr, "%s: %v\n", m.program, err)
		close(said)
	}()
	select {
	case <-said:
	case <-time.After(complaintTime):
	}
}
