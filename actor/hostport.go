package actor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// A HostPort is a network address: a host name or an IP address, a colon, and a
// port from 0 to 65535 (127.0.0.1:54195, [::1]:0). The port 0 means any that is
// free, for who listens. The empty HostPort is none.
//
// As a flag or in JSON it may also be written {"host": "10.0.0.133", "port": 29101}.
// What was read from text is valid and in one form; a constant in code is not checked.
type HostPort string

// ParseHostPort reads either form of a HostPort. Text that is empty is an error.
func ParseHostPort(text string) (HostPort, error) {
	var h HostPort
	if err := h.Set(text); err != nil {
		return "", fmt.Errorf("%q is no host:port: %w", text, err)
	}
	return h, nil
}

func splitHostPort(text string) (host string, port int, err error) {
	switch {
	case text == "":
		return "", 0, errors.New("it is empty")
	case text[0] == '{':
		host, port, err = splitHostPortJSON(text)
	default:
		host, port, err = splitHostPortText(text)
	}
	if err != nil {
		return "", 0, err
	}
	if port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("the port %d is not in 0 to 65535", port)
	}
	return host, port, checkHost(host)
}

func splitHostPortText(text string) (string, int, error) {
	host, digits, err := net.SplitHostPort(text)
	if err != nil {
		var address *net.AddrError
		if errors.As(err, &address) {
			return "", 0, errors.New(address.Err)
		}
		return "", 0, err
	}
	port, err := strconv.ParseUint(digits, 10, 31)
	if err != nil {
		return "", 0, fmt.Errorf("the port %q is not a number from 0 to 65535", digits)
	}
	return host, int(port), nil
}

func splitHostPortJSON(text string) (string, int, error) {
	var form struct {
		Host *string `json:"host"`
		Port *int    `json:"port"`
	}
	if err := decodeStrictly(text, &form); err != nil {
		return "", 0, err
	}
	if form.Host == nil || form.Port == nil {
		return "", 0, errors.New(`it needs "host" and "port"`)
	}
	return *form.Host, *form.Port, nil
}

// checkHost accepts what can be dialled or listened on; whether the name
// resolves is found out then.
func checkHost(host string) error {
	if host == "" {
		return errors.New("the host is missing; 0.0.0.0 stands for every address of this machine")
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	foreign := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' ||
			r == '-' || r == '.' || r == '_')
	}
	if len(host) > 253 || strings.ContainsFunc(host, foreign) {
		return fmt.Errorf("%q is neither an IP address nor a host name", host)
	}
	return nil
}

// decodeStrictly reads exactly one JSON value whose fields are all known to v.
func decodeStrictly(text string, v any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the JSON ends too early")
		}
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("something follows the JSON value")
	}
	return nil
}

// String returns host:port.
func (h HostPort) String() string { return string(h) }

// Set reads the value of a flag; its error is the bare reason. Like Type it is
// for package pflag.
func (h *HostPort) Set(text string) error {
	host, port, err := splitHostPort(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	*h = HostPort(net.JoinHostPort(host, strconv.Itoa(port)))
	return nil
}

// Type is what help shows for the value of a flag.
func (h *HostPort) Type() string { return "host:port" }

// MarshalText returns host:port.
func (h HostPort) MarshalText() ([]byte, error) { return []byte(h), nil }

// UnmarshalText reads either form. Empty text is none.
func (h *HostPort) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*h = ""
		return nil
	}
	parsed, err := ParseHostPort(string(text))
	if err == nil {
		*h = parsed
	}
	return err
}

// UnmarshalJSON reads a string that UnmarshalText reads, or the object itself.
func (h *HostPort) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte("{")) {
		return h.UnmarshalText(text)
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s is no host:port: it is neither a string nor an object", text)
	}
	return h.UnmarshalText([]byte(s))
}
