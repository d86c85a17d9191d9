package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It says nothing about
// how fast it has to.
const patience = 30 * time.Second

// A program is a process on a machine.
type program struct {
	t     *testing.T
	title string
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan string // of stdout
	log   *record     // stderr
	ended chan struct{}
	err   error // how it ended; set before ended is closed
	over  bool  // the test has seen its end
}

// start starts this program again under another name. When the test ends it is
// stopped as an operator would, and must end well.
func (m *machine) start(name string, args ...string) *program {
	m.t.Helper()
	executable, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	p := &program{
		t:     m.t,
		title: name + " on " + m.name,
		cmd: &exec.Cmd{
			Path:        executable,
			Args:        append([]string{name}, args...),
			Env:         []string{"GORACE=atexit_sleep_ms=0"}, // a race is exit status 66 nevertheless
			SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
		},
		lines: make(chan string, 1000),
		log:   &record{news: make(chan struct{})},
		ended: make(chan struct{}),
	}
	p.cmd.Stderr = p.log
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		m.t.Fatal(err)
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if m.do(func() { err = p.cmd.Start() }); err != nil {
		m.t.Fatalf("%s: %v", p.title, err)
	}
	m.t.Cleanup(p.stop)
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			p.lines <- lines.Text()
		}
		close(p.lines)
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p
}

// daemon starts a lan-cake or host-cake and waits until it takes links.
func (m *machine) daemon(name string) *program {
	m.t.Helper()
	p := m.start(name, "--debug-level=INFO")
	p.logs("directory takes links")
	return p
}

// puppet starts a process that does the commands; each is done before the next.
func (m *machine) puppet(answer string, commands ...string) *program {
	m.t.Helper()
	p := m.start("puppet", "--answer="+answer)
	p.title = "puppet " + answer + " on " + m.name
	for _, c := range commands {
		verb, rest, _ := strings.Cut(c, " ")
		what, _, _ := strings.Cut(rest, " ")
		p.say(c)
		p.expect(map[string]string{"publish": "published ", "subscribe": "subscribed "}[verb] + what)
	}
	return p
}

// say gives a puppet a command.
func (p *program) say(command string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, command+"\n"); err != nil {
		p.t.Fatalf("%s: %q: %v", p.title, command, err)
	}
}

// ask makes a puppet ask the publisher of a name, and looks at the answer.
func (p *program) ask(name, want string) {
	p.t.Helper()
	p.say("ask " + name)
	p.expect("answer " + name + " " + want)
}

// expect takes the next lines from stdout, which must be these. Where one ends
// in * the rest does not matter.
func (p *program) expect(want ...string) {
	p.t.Helper()
	for _, want := range want {
		got := p.next()
		start, open := strings.CutSuffix(want, "*")
		if got != want && !(open && strings.HasPrefix(got, start)) {
			p.t.Fatalf("%s:\n got %q,\nwant %q", p.title, got, want)
		}
	}
}

// expectBoth takes the next two lines from stdout, which must be these in either
// order.
func (p *program) expectBoth(one, other string) {
	p.t.Helper()
	first := p.next()
	if first == other {
		one, other = other, one
	}
	if second := p.next(); first != one || second != other {
		p.t.Fatalf("%s:\n got %q, %q,\nwant %q, %q", p.title, first, second, one, other)
	}
}

// next returns the next line from stdout.
func (p *program) next() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatalf("%s ended", p.title)
		}
		return line
	case <-time.After(patience):
		p.t.Fatalf("%s prints nothing more", p.title)
	}
	return ""
}

// logs waits until stderr has had the text as often as this was called with it.
func (p *program) logs(text string) {
	p.t.Helper()
	if !p.log.await(text, p.ended) {
		p.t.Fatalf("%s does not log %q", p.title, text)
	}
}

// kill ends it as kill -9 does.
func (p *program) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatalf("%s: %v", p.title, err)
	}
	p.wait()
}

// wait waits for the end and returns the exit status, -1 for a signal.
func (p *program) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end", p.title)
	}
	p.over = true
	return p.cmd.ProcessState.ExitCode()
}

// stop ends what the test has left running.
func (p *program) stop() {
	if !p.over {
		p.cmd.Process.Signal(syscall.SIGTERM) // an error says that it has ended
		select {
		case <-p.ended:
			if p.err != nil {
				p.t.Errorf("%s: %v", p.title, p.err)
			}
		case <-time.After(patience):
			p.t.Errorf("%s does not end", p.title)
			p.cmd.Process.Kill()
			<-p.ended
		}
	}
	if p.t.Failed() {
		p.t.Logf("the log of %s:\n%s", p.title, p.log)
	}
}

// A record is what a process wrote to stderr.
type record struct {
	mu   sync.Mutex
	text strings.Builder // guarded by mu
	seen map[string]int  // guarded by mu; how much of the text was searched for what
	news chan struct{}   // guarded by mu; closed and replaced at each write
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.news)
	r.news = make(chan struct{})
	return r.text.Write(b)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// await waits for the text behind where it was found the last time.
func (r *record) await(text string, ended <-chan struct{}) bool {
	late := time.After(patience)
	for {
		r.mu.Lock()
		if r.seen == nil {
			r.seen = make(map[string]int)
		}
		i := strings.Index(r.text.String()[r.seen[text]:], text)
		if i >= 0 {
			r.seen[text] += i + len(text)
		}
		news := r.news
		r.mu.Unlock()
		if i >= 0 {
			return true
		}
		select {
		case <-news:
		case <-ended:
			return false
		case <-late:
			return false
		}
	}
}
