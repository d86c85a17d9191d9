package actor

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"
)

// answerOf returns the message that a response is.
func answerOf(types *registry, r *http.Response, body []byte) any {
	if content, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && content == "application/json" {
		if r.StatusCode >= 400 {
			if err := errorOf(r, body); err != nil {
				return err
			}
		} else if value, tagged, err := types.DecodeTagged(body); err != nil {
			return Faulted{statusOf(r), "the answer: " + err.Error()}
		} else if tagged {
			return value
		}
	}
	header := http.Header{} // as if it was made here, so that it may be passed on
	for name, values := range r.Header {
		if !ownHeader(name) || name == "Content-Length" && r.Request != nil && r.Request.Method == http.MethodHead {
			header[name] = values
		}
	}
	return HTTPResponse{Status: r.StatusCode, Header: header, Body: body}
}

// statusOf returns the status as a condition: HTTP 404 Not Found. What the server calls
// it does not matter.
func statusOf(r *http.Response) string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", r.StatusCode, http.StatusText(r.StatusCode)))
}

// errorOf returns the error that a refusal stands for, nil if the body is none.
func errorOf(r *http.Response, body []byte) error {
	var refusal struct {
		Error *struct {
			Status *int    `json:"status"`
			Reason *string `json:"reason"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &refusal) != nil || refusal.Error == nil || refusal.Error.Status == nil || refusal.Error.Reason == nil {
		return nil
	}
	reason := *refusal.Error.Reason
	switch {
	case r.StatusCode == http.StatusServiceUnavailable && r.Header.Get("Retry-After") != "":
		return unavailable(reason)
	case r.StatusCode == http.StatusGatewayTimeout:
		m := TimedOut{}
		if after, ok := strings.CutPrefix(reason, "timed out after "); ok {
			m.After, _ = time.ParseDuration(after)
		}
		return m
	}
	return Faulted{statusOf(r), reason}
}

// unavailable returns the error whose words the reason is, else Unavailable.
func unavailable(reason string) error {
	var m Overloaded
	if n, err := fmt.Sscanf(reason, "overloaded: %d requests wait", &m.Pending); n == 1 && err == nil && m.Error() == reason {
		return m
	}
	if text, ok := strings.CutPrefix(reason, "busy: an answer takes "); ok {
		if average, err := time.ParseDuration(text); err == nil {
			return Busy{average}
		}
	}
	return Unavailable{strings.TrimPrefix(reason, "unavailable: ")}
}
