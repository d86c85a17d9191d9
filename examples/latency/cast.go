package main

import (
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A cast is many parties in one process, each with a system and a link of its
// own: to its directory they are as many processes. It says each command to all
// of them at once, with # replaced by the number of the party, and answers as one.
// That its directory is away is for it nothing to warn of.
type cast []*party

func newCast(directory, parties string) (cast, error) {
	n, err := strconv.Atoi(parties)
	if err != nil {
		return nil, err
	}
	c := make(cast, n)
	for i := range c {
		if c[i], err = newParty(directory, logger(slog.LevelError)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c cast) obey(words []string) (answer, error) {
	var all errgroup.Group
	answers := make([]answer, len(c))
	for i, p := range c {
		own := slices.Clone(words)
		for j := range own {
			own[j] = strings.ReplaceAll(own[j], "#", strconv.Itoa(i))
		}
		all.Go(func() (err error) {
			answers[i], err = p.obey(own)
			return err
		})
	}
	err := all.Wait()
	var a answer
	for _, each := range answers {
		a.Times = append(a.Times, each.Times...)
		a.Events = append(a.Events, each.Events...)
	}
	return a, err
}

func (c cast) close() error {
	var all []error
	for _, p := range c {
		all = append(all, p.close())
	}
	return errors.Join(all...)
}
