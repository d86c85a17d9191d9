package node

import "github.com/layer-cake/layer-cake/directory"

// do puts effects behind those that are still to be done.
func (n *Node) do(effects []directory.Effect) { n.effects = append(n.effects, effects...) }

// settle does effects until none is left. Doing one may add others.
func (n *Node) settle() {
	for i := 0; i < len(n.effects); i++ {
		n.effect(n.effects[i])
	}
	clear(n.effects)
	n.effects = n.effects[:0]
}

func (n *Node) effect(e directory.Effect) {
	switch e := e.(type) {
	case directory.Send:
		n.send(e.To, e.Message)
	case directory.Dial:
		n.findParent()
	case directory.Refuse:
		if l := n.links[e.Party]; l != nil {
			n.log.Warn("link refused", "peer", l.name(), "reason", e.Reason)
			n.admission.refuse()
			l.say(directory.Refused{Reason: e.Reason})
			l.Close(&refusal{e.Reason})
			l.refused = true // nothing more is heard from it
		}
	case directory.Continue:
		n.putOff(e)
	case directory.Connect:
		n.connect(e)
	case directory.Prepare:
		n.prepare(e)
	case directory.Say:
		n.say(e)
	case directory.Release:
		n.release(e.Key)
	case directory.Start:
		if !n.waits(e.Timer) {
			n.startTimer(e.Timer)
		}
	case directory.Consult:
		n.do(n.machine.Step(e.To, e.Enquiry))
	case directory.Inspect:
		n.do(n.resolver.Step(e.To, e.Enquiry))
	case directory.Measure:
		n.send(e.To, directory.Found{Route: e.Enquiry.Route, Number: e.Enquiry.Number, Usage: n.figures()})
	case directory.Ring:
		n.ring(e)
	case directory.Bind:
		n.bind(e)
	case directory.Unbind:
		n.unbind(e.Link)
	case directory.Part:
		n.part(e)
	case directory.Cancel:
		n.stopTimer(e.Timer)
	}
}

// send says something to a link, or to an actor of this process: what its
// subscription is offered goes to the resolver, facts go to the actor itself.
func (n *Node) send(to directory.Party, msg directory.Message) {
	actor, own := to.Actor()
	if !own {
		if l := n.links[to]; l != nil {
			l.say(msg)
		}
		return
	}
	switch m := msg.(type) {
	case directory.Offered, directory.Offer, directory.Withdraw:
		n.do(n.resolver.Step(to, m))
	case directory.Found: // by this process for itself
		n.answered(m)
	case directory.Available:
		n.begin(m.Session, m)
	case directory.Delivered:
		n.begin(m.Session, m)
	case directory.Dropped:
		n.end(m.Session, m)
	case directory.Listening:
		n.Actors.Tell(actor, m, nil)
		n.doorways.told(m.Listener)
	case directory.Accepted:
		n.beginIn(n.connections[m.Link], m)
	case directory.Connected:
		n.beginIn(n.connections[m.Link], m)
	case directory.HungUp:
		n.endIn(n.connections[m.Link], m)
	default:
		n.Actors.Tell(actor, msg, nil)
	}
}
