package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/layer-cake/layer-cake/transport"
)

// AppendHello appends the body of a Hello. The error is a *transport.FrameError
// if ParseHello would refuse it.
func AppendHello(b []byte, h transport.Hello) ([]byte, error) {
	if reason := wrong(h); reason != "" {
		return b, refuse(Hello, "%s", reason)
	}
	b = append(b, magic...)
	b = append(b, version)
	b = append(b, h.Process[:]...)
	b = binary.BigEndian.AppendUint32(b, h.Heartbeat)
	return append(b, h.Body...), nil
}

// ParseHello returns the hello that is the body of a Hello. Its Body is a copy.
func ParseHello(body []byte) (transport.Hello, error) {
	switch {
	case len(body) < len(magic) || string(body[:len(magic)]) != magic:
		return transport.Hello{}, refuse(Hello, "it does not begin with %s: not a Layer Cake process", magic)
	case len(body) == len(magic) || body[len(magic)] != version:
		return transport.Hello{}, refuse(Hello, "it is of version %x, not %d", body[len(magic):min(len(body), len(magic)+1)], version)
	case len(body) < helloSize:
		return transport.Hello{}, refuse(Hello, "it has %d bytes, at least %d are needed", len(body), helloSize)
	}
	h := transport.Hello{
		Process:   transport.ProcessID(body[5:21]),
		Heartbeat: binary.BigEndian.Uint32(body[21:25]),
	}
	if len(body) > helloSize {
		h.Body = append(h.Body, body[helloSize:]...)
	}
	if reason := wrong(h); reason != "" {
		return transport.Hello{}, refuse(Hello, "%s", reason)
	}
	return h, nil
}

// wrong returns what is wrong with h, or "".
func wrong(h transport.Hello) string {
	switch {
	case h.Process == transport.ProcessID{}:
		return "it names no process"
	case h.Heartbeat < minBeat || h.Heartbeat > maxBeat:
		return fmt.Sprintf("its heartbeats are %d ms apart, %d to %d are allowed", h.Heartbeat, minBeat, maxBeat)
	case len(h.Body) > MaxNodeBody:
		return fmt.Sprintf("its node says %d bytes, at most %d are allowed", len(h.Body), MaxNodeBody)
	}
	return ""
}

func refuse(kind transport.Kind, format string, args ...any) error {
	return &transport.FrameError{Kind: kind, Reason: fmt.Sprintf(format, args...)}
}
