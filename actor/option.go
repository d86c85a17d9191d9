package actor

// An Option of a verb: a [Scope] of Publish and Subscribe, [Encrypted] of ListenHTTP,
// [AsQuery] of ConnectHTTP. Listen and Connect have none. One that means nothing to the
// verb is refused.
type Option interface {
	option() (isFor string)
}

func (Scope) option() string { return "a Scope is for Publish and Subscribe" }

// Encrypted makes ListenHTTP serve TLS, with the certificates of Options.TLS.
const Encrypted encrypted = 1

type encrypted int

func (encrypted) option() string { return "Encrypted is for ListenHTTP" }

// String returns the name of the option.
func (encrypted) String() string { return "Encrypted" }

// AsQuery has ConnectHTTP make a message GET path/name?field=value. It must be a struct,
// whose fields are written as System.Handler reads them.
const AsQuery asQuery = 1

type asQuery int

func (asQuery) option() string { return "AsQuery is for ConnectHTTP" }

// String returns the name of the option.
func (asQuery) String() string { return "AsQuery" }

// only returns the last of the options, which must be of the one type that a verb takes;
// else why they are refused. The zero T means that there is none.
func only[T Option](options []Option) (last T, reason string) {
	for _, o := range options {
		if o == nil {
			return last, "one of the options is nil"
		}
		t, ok := o.(T)
		if !ok {
			return last, o.option()
		}
		last = t
	}
	return last, ""
}

// A noOption is what Listen and Connect take: nobody has one.
type noOption struct{ Option }
