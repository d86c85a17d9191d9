package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/layer-cake/layer-cake/actor"
)

// Of what becomes of a question all is told apart that must be.
func TestWhatBecomesOfAQuestion(t *testing.T) {
	far, near := &asked{of: actor.Available{Scope: actor.Host}, number: 3}, &asked{of: actor.Available{Scope: actor.Group}, number: 3}
	system, err := actor.Open(&actor.Options{Directory: "none"})
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close(t.Context())
	self, leave := system.Enter("another")
	defer leave()
	for _, test := range []struct {
		in    *asked
		reply any
		err   error
		want  string // what is wrong
	}{
		{far, reply{Number: 7, Session: 3}, nil, ""},
		{near, reply{Number: 7, Session: 3}, nil, ""},
		{near, nil, actor.Undelivered{Reason: "ended"}, ""},
		{far, nil, actor.Undelivered{Reason: "ended"}, ""},
		{far, nil, fmt.Errorf("to: %w", actor.ErrEnded), ""},
		{far, reply{Number: 7, Session: 4}, nil, "question 7, in session 3 with "},
		{far, reply{Number: 7}, nil, "question 7, in session 3 with "},
		{far, reply{Number: 8, Session: 3}, nil, "question 7, in session 3 with "},
		{far, reply{From: self.Address(), Number: 7, Session: 3}, nil, "question 7, in session 3 with "},
		{far, "yes", nil, "question 7: string is no reply"},
		{far, nil, actor.TimedOut{After: time.Second}, "question 7, in session 3 with nobody: timed out after 1s"},
		{near, nil, errors.New("no"), "question 7, in session 3 with nobody: no"},
	} {
		a := &asking{}
		in := *test.in
		a.ends(&in, 7, test.reply, test.err)
		got := ""
		if a.wrong != nil {
			got = a.wrong.Error()
		}
		if !strings.HasPrefix(got, test.want) || (got == "") != (test.want == "") {
			t.Errorf("%v %v: got %q, want %q", test.reply, test.err, got, test.want)
		}
		if n := a.replies + a.late + a.returned + a.refused; n != 1 && got == "" || n != 0 && got != "" {
			t.Errorf("%v %v: counted as %+v", test.reply, test.err, a)
		}
	}
}

// What does not add up is no result.
func TestResultOfAsking(t *testing.T) {
	for _, test := range []struct {
		a    asking
		want string
	}{
		{asking{asks: 5, replies: 4, refused: 1, upgrades: 2, fallbacks: 2}, ""},
		{asking{asks: 5, replies: 4, upgrades: 2, fallbacks: 2}, "5 asks, but 4 replies, 0 and 0 returned, 0 refused"},
		{asking{upgrades: 1, fallbacks: 2}, "there were 1 upgrades and 2 fallbacks, not 2"},
		{asking{upgrades: 2, fallbacks: 2, wrong: errors.New("no")}, "no"},
	} {
		got := ""
		if err, ok := test.a.result(2).(error); ok {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%+v: got %q, want %q", test.a, got, test.want)
		}
	}
}
