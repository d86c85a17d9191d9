package directory

import "fmt"

// A Scope says how far a registration is known, and which directory it is that
// knows it. The greater is the inner. The zero Scope is none.
type Scope uint8

// The scopes, outermost first. WAN is reserved.
const (
	WAN Scope = iota + 1
	LAN
	Host
	Group
	Process
	Library
)

var scopeNames = [...]string{"none", "WAN", "LAN", "HOST", "GROUP", "PROCESS", "LIBRARY"}

// String returns the name of the scope as the tree shows it: HOST.
func (s Scope) String() string {
	if s.Valid() {
		return scopeNames[s]
	}
	return fmt.Sprintf("Scope(%d)", uint8(s))
}

// Valid reports whether s is one of the scopes.
func (s Scope) Valid() bool { return WAN <= s && s <= Library }

// Reaches reports whether a registration of scope s is known to a directory of
// scope d (R1).
func (s Scope) Reaches(d Scope) bool { return s <= d }
