package directory

import (
	"fmt"
	"strings"
)

// The texts of messages and effects, one line each: logs and transcripts show
// them. No secret is in them.

func (s SessionID) String() string { return fmt.Sprintf("session-%d", uint64(s)) }

// registration is one as its answers name it.
func registration(text string, s Scope) string { return fmt.Sprintf("%q[%v]", text, s) }

func (m Publish) String() string   { return "publish " + m.Publication.String() }
func (m Unpublish) String() string { return fmt.Sprintf("unpublish %v", m.ID) }
func (m Subscribe) String() string { return "subscribe " + m.Subscription.String() }
func (m Unsubscribe) String() string {
	return fmt.Sprintf("unsubscribe %v", m.ID)
}

func (m Published) String() string {
	return fmt.Sprintf("published %s %v", registration(string(m.Name), m.Scope), m.ID)
}

func (m NotPublished) String() string {
	return fmt.Sprintf("not published %s %v: %s", registration(string(m.Name), m.Scope), m.ID, m.Reason)
}

func (m Standby) String() string {
	return fmt.Sprintf("standby %s %v", registration(string(m.Name), m.Scope), m.ID)
}

func (m Promoted) String() string {
	return fmt.Sprintf("promoted %s %v", registration(string(m.Name), m.Scope), m.ID)
}

func (m Held) String() string {
	if m.Holder == (ID{}) {
		return fmt.Sprintf("held %s by its own", registration(string(m.Name), m.Scope))
	}
	return fmt.Sprintf("held %s by %v", registration(string(m.Name), m.Scope), m.Holder)
}

func (m Unpublished) String() string { return fmt.Sprintf("unpublished %q %v", string(m.Name), m.ID) }

func (m Subscribed) String() string {
	return fmt.Sprintf("subscribed %s %v", registration(string(m.Pattern), m.Scope), m.ID)
}

func (m NotSubscribed) String() string {
	return fmt.Sprintf("not subscribed %s %v: %s", registration(string(m.Pattern), m.Scope), m.ID, m.Reason)
}

func (m Unsubscribed) String() string {
	return fmt.Sprintf("unsubscribed %q %v", string(m.Pattern), m.ID)
}

func (m Claim) String() string {
	asking := ""
	if m.Ask {
		asking = ", asking"
	}
	return fmt.Sprintf("claim %q for %s%s", string(m.Name), publications(m.Claimants), asking)
}
func (m Seek) String() string   { return "seek " + m.Subscription.String() }
func (m Unseek) String() string { return fmt.Sprintf("unseek %v", m.ID) }

func (m Offered) String() string {
	marks := ""
	if m.First {
		marks += ", first"
	}
	if m.Last {
		marks += ", last"
	}
	return fmt.Sprintf("offered to %v at %v%s: %s", m.Subscription, m.Scope, marks, publications(m.Offers))
}

func (m Offer) String() string {
	return fmt.Sprintf("offer to %v at %v: %v", m.Subscription, m.Scope, m.Publication)
}

func (m Withdraw) String() string {
	return fmt.Sprintf("withdraw from %v at %v: %q", m.Subscription, m.Scope, string(m.Name))
}

func (m Refused) String() string { return "refused: " + m.Reason }

func publications(list []Publication) string {
	if len(list) == 0 {
		return "nobody"
	}
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = p.String()
	}
	return strings.Join(texts, ", ")
}

func (m ChildUp) String() string  { return fmt.Sprintf("child up at %v", m.Scope) }
func (m ParentUp) String() string { return fmt.Sprintf("parent up at %v", m.Scope) }
func (m Gone) String() string     { return "gone" }
func (m Resume) String() string   { return "resume" }

func (m Open) String() string {
	return fmt.Sprintf("open %v of %v at %v for %v", m.Session, m.Publication, m.Scope, m.Subscriber)
}
func (m Ready) String() string     { return fmt.Sprintf("ready %v", m.Session) }
func (m NotOpened) String() string { return fmt.Sprintf("not opened %v: %s", m.Session, m.Reason) }
func (m Commit) String() string    { return fmt.Sprintf("commit %v", m.Session) }
func (m Close) String() string     { return fmt.Sprintf("close %v: %s", m.Session, m.Reason) }
func (m Closed) String() string    { return fmt.Sprintf("closed %v: %s", m.Session, m.Reason) }

func (m Available) String() string {
	return fmt.Sprintf("available %s with %v, %v for %v",
		registration(string(m.Name), m.Scope), m.Publisher, m.Session, m.Subscription)
}

func (m Delivered) String() string {
	return fmt.Sprintf("delivered %s with %v, %v for %v",
		registration(string(m.Name), m.Scope), m.Subscriber, m.Session, m.Publication)
}

func (m Dropped) String() string {
	return fmt.Sprintf("dropped %s with %v, %v for %v: %s",
		registration(string(m.Name), m.Scope), m.Remote, m.Session, m.Registration, m.Reason)
}

func (m Lost) String() string    { return fmt.Sprintf("lost %v: %s", m.Session, m.Reason) }
func (m Linked) String() string  { return "linked " + m.Process.Short() }
func (m Fired) String() string   { return "fired " + m.Timer.String() }
func (m Opening) String() string { return fmt.Sprintf("%v, from %v", m.Open, m.Reach) }

// String returns which timer it is: retry-3, try 2.
func (t Timer) String() string {
	if t.Try != 0 {
		return fmt.Sprintf("%v-%d, try %d", t.Kind, t.ID, t.Try)
	}
	return fmt.Sprintf("%v-%d", t.Kind, t.ID)
}

func (e Send) String() string   { return fmt.Sprintf("send %v: %s", e.To, text(e.Message)) }
func (e Dial) String() string   { return "dial" }
func (e Refuse) String() string { return fmt.Sprintf("refuse %v: %s", e.Party, e.Reason) }
func (e Continue) String() string {
	if e.Full {
		return "continue when there is room"
	}
	return "continue"
}

func (e Connect) String() string {
	return fmt.Sprintf("connect %v to %v: %v", e.Subscriber, e.Publication, e.Open)
}

func (e Prepare) String() string {
	return fmt.Sprintf("prepare %v for %v with %v", e.Key, e.Publisher, e.Subscriber)
}

func (e Say) String() string {
	if e.Key.Opener == 0 {
		return "say " + text(e.Message)
	}
	return fmt.Sprintf("say to %v: %s", e.Key.Opener, text(e.Message))
}

func (e Release) String() string { return fmt.Sprintf("release %v", e.Key) }
func (e Start) String() string   { return fmt.Sprintf("start %v", e.Timer) }
func (e Cancel) String() string  { return fmt.Sprintf("cancel %v", e.Timer) }

// text is the line of a message: a refusal's is not its Error.
func text(m Message) string {
	if s, ok := m.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", m)
}
