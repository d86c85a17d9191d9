package actor

import (
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/layer-cake/layer-cake/actor/internal/crew"
	"github.com/layer-cake/layer-cake/transport"
)

// A manning is a pool at work: it tells its crew what happens, and does what that
// says.
type manning struct {
	Pool
	self  *Self
	crew  *crew.Crew
	began time.Time

	todo     []crew.Effect // what the crew has said and is not done
	doing    bool
	finished bool // the crew is
	result   any  // of a pool that was not stopped

	requests    map[crew.Request]*poolRequest // that are not over
	lastRequest crew.Request

	workers    map[crew.Worker]*poolWorker
	byActor    map[transport.Address]*poolWorker // whatever session an address is bound to
	lastWorker crew.Worker

	children map[transport.Address]crew.Slot // that run
	name     string                          // of the children, but for their numbers
}

// A poolRequest is a message that is not answered yet.
type poolRequest struct {
	client  Address
	message any
	reply   any   // that it is to be answered with
	reason  error // why the last worker that it was tried on could not
	clock   Timer
}

// poolFinished is what the pool tells itself from a callback: there is nothing more
// to do.
type poolFinished struct{}

func (p Pool) run(self *Self) any {
	m := &manning{
		Pool:     p,
		self:     self,
		began:    time.Now(),
		requests: make(map[crew.Request]*poolRequest),
		workers:  make(map[crew.Worker]*poolWorker),
		byActor:  make(map[transport.Address]*poolWorker),
		children: make(map[transport.Address]crew.Slot),
		name:     self.name,
		result:   Unavailable{"all workers have ended"},
	}
	if m.name == "" {
		m.name = (&cell{f: p.Of}).title()
	}
	defer m.dismiss()
	if p.Pattern != "" {
		if err := self.Subscribe(p.Pattern, p.Scope); err != nil {
			return err
		}
	}
	var first []crew.Effect
	m.crew, first = crew.New(crew.Config{
		Slots:      p.Size,
		StandDown:  int64(p.StandDown),
		Recruits:   p.Of == nil || p.Pattern != "",
		Recruiting: int64(recruiting),
		Queue:      p.Queue,
		Slow:       int64(p.Responsiveness),
		PassRate:   p.PassRate,
		Tries:      maxTries,
	})
	m.do(first)
	for message := range self.Messages() {
		if m.take(message); m.finished {
			return m.result
		}
	}
	m.finish()
	return Aborted{}
}

// finish waits for what is in hand, if somebody still waits for it too.
func (m *manning) finish() {
	for id, r := range m.requests {
		if !m.self.sys.wanted(r.client) {
			m.do(m.crew.Forsake(id, m.now()))
		}
	}
	m.do(m.crew.Close(m.now()))
	limit := m.self.AfterFunc(m.self.timeLeft()*3/4, func() { m.do(m.crew.Abort(m.now())) })
	for !m.finished {
		message := m.self.Input()
		if _, forced := message.(Stop); forced {
			m.do(m.crew.Abort(m.now()))
		}
		m.take(message)
	}
	limit.Cancel()
}

// dismiss answers all requests, in whatever way the pool ends.
func (m *manning) dismiss() {
	if m.crew != nil {
		m.do(m.crew.Abort(m.now()))
	}
}

// timeLeft returns how long the actor has before it is ended by force.
func (s *Self) timeLeft() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leave == nil {
		return s.sys.patience
	}
	return time.Until(s.leave.deadline)
}

// now returns the moment for the crew.
func (m *manning) now() int64 { return int64(time.Since(m.began)) }

// take takes a message.
func (m *manning) take(message any) {
	switch message := message.(type) {
	case JoinPool:
		m.join(message.Worker)
	case LeavePool:
		m.leave(message.Worker, "the worker has left")
	case DescribePool:
		m.self.Reply(m.figures())
	case Available:
		m.join(message.Publisher)
	case Dropped:
		m.leave(message.Remote, "session lost: "+message.Reason)
	case Returned:
		m.ended(message.Child, message.Value)
	case Ended:
		m.remove(m.byActor[message.Actor.at], "the worker has ended")
	case NotSubscribed:
		m.result = message
		m.do(m.crew.Abort(m.now()))
	case Undelivered:
		m.self.Log().Debug("a reply has not arrived", "client", message.To, "reason", message.Reason)
	case Stop, poolFinished, Subscribed, Unsubscribed:
	default:
		m.request(m.self.Sender(), message)
	}
}

// request takes a message that somebody wants a reply to.
func (m *manning) request(client Address, message any) {
	m.lastRequest++
	id := m.lastRequest
	r := &poolRequest{client: client, message: message}
	m.requests[id] = r
	r.clock = m.self.AfterFunc(m.Timeout, func() { m.do(m.crew.Expire(id, m.now())) })
	m.do(m.crew.Ask(id, m.now()))
}

// do does what the crew says. What is done may have the crew say more, which is
// done after it.
func (m *manning) do(effects []crew.Effect) {
	m.todo = append(m.todo, effects...)
	if m.doing {
		return
	}
	m.doing = true
	for i := 0; i < len(m.todo); i++ {
		m.doOne(m.todo[i])
	}
	m.todo = m.todo[:0]
	m.doing = false
}

func (m *manning) doOne(e crew.Effect) {
	switch span := time.Duration(e.Span); e.Kind {
	case crew.Give:
		m.give(m.workers[e.Worker], m.requests[e.Request])
	case crew.Answer:
		m.answer(e.Request, m.requests[e.Request].reply)
	case crew.Refuse:
		m.answer(e.Request, m.refusal(e))
	case crew.Rest:
		m.self.AfterFunc(resting, func() { m.do(m.crew.Rested(e.Worker, m.now())) })
	case crew.Run:
		m.run(e.Slot)
	case crew.StandDown:
		m.self.AfterFunc(span, func() { m.do(m.crew.Due(e.Slot, m.now())) })
	case crew.Recruit:
		m.self.AfterFunc(span, func() { m.do(m.crew.NoneCame(e.Number, m.now())) })
	case crew.Finish:
		m.finished = true
		m.self.After(0, poolFinished{}) // this may be a callback
	}
}

// run runs the actor of a slot.
func (m *manning) run(s crew.Slot) {
	child := m.self.Spawn(m.Of, Named(m.name+"-"+strconv.Itoa(int(s))))
	m.children[child.at] = s
	if m.Pattern == "" {
		m.join(child)
	}
}

// ended takes notice that a child has ended.
func (m *manning) ended(child Address, value any) {
	slot, ok := m.children[child.at]
	if !ok {
		return
	}
	delete(m.children, child.at)
	name := m.name + "-" + strconv.Itoa(int(slot))
	if err, failed := value.(error); failed {
		m.self.Log().Warn("a worker has ended", "worker", name, "err", err)
	} else {
		m.self.Log().Info("a worker has ended", "worker", name)
	}
	m.do(m.crew.Vacate(slot, rand.Float64(), m.now()))
	m.remove(m.byActor[child.at], "the worker has ended")
}

// refusal is what a request gets that is refused.
func (m *manning) refusal(e crew.Effect) error {
	switch e.Why {
	case crew.Overloaded:
		return Overloaded{e.Number}
	case crew.Slow:
		return Busy{time.Duration(e.Span)}
	case crew.NoWorker:
		return Unavailable{"there is no worker"}
	case crew.NoneCame:
		return Unavailable{"there is no worker, and none has joined"}
	case crew.AllEnded:
		return Unavailable{"all workers have ended"}
	case crew.Tried:
		return m.requests[e.Request].reason
	case crew.Late:
		return TimedOut{m.Timeout}
	}
	return Unavailable{"the pool has ended"}
}

// answer ends a request.
func (m *manning) answer(id crew.Request, reply any) {
	r := m.requests[id]
	delete(m.requests, id)
	r.clock.Cancel()
	if r.client.IsZero() || !m.self.sys.wanted(r.client) {
		return
	}
	if err := m.self.Send(r.client, reply); err != nil {
		m.self.Log().Debug("a reply cannot be sent", "client", r.client, "err", err)
	}
}

// figures returns what is told of the pool.
func (m *manning) figures() PoolFigures {
	f := m.crew.Figures()
	return PoolFigures{
		Workers: f.Workers, Idle: f.Idle, Busy: f.Busy, Late: f.Late, Resting: f.Resting,
		StandingDown: f.StandingDown,
		Waiting:      f.Waiting,
		Requests:     f.Requests, Answered: f.Answered, Refused: f.Refused,
		Failed: f.Tried, TimedOut: f.Counts.Late, Abandoned: f.Unwanted,
		Average: time.Duration(f.Average),
	}
}
