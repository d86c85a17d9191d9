package actor

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// An openError is why Open failed.
type openError struct{ reason error }

// Error names the operation. Main leaves that out.
func (e *openError) Error() string { return "actor.Open: " + e.reason.Error() }

func (e *openError) Unwrap() error { return e.reason }

// listenError says that the directory of a system cannot listen at address. A
// transport's error names its operation and the address again: its cause is
// taken.
func listenError(address string, scope Scope, err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	taken := "does another process listen there?"
	switch scope {
	case Host:
		taken = "is a host-cake running already?"
	case LAN:
		taken = "is a lan-cake running already?"
	}
	return fmt.Errorf("%s: %w%s", address, causeOf(err), remedyOf(err, taken))
}

// reasonOf returns an error of package net as a reason, without the address,
// which is known.
func reasonOf(err error) string {
	return causeOf(err).Error() + remedyOf(err, "does another process listen there? Port 0 is any that is free")
}

// causeOf returns the innermost part of an error of package net.
func causeOf(err error) error {
	if op := (*net.OpError)(nil); errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	if call := (*os.SyscallError)(nil); errors.As(err, &call) {
		err = call.Err
	}
	return err
}

// remedyOf returns what to do about it, as it follows the error; taken is about
// a port that is.
func remedyOf(err error, taken string) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "; " + taken
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "; is it an address of this machine?"
	}
	return ""
}
