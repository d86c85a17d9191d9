package actor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// An httpStream is a response that goes on with what an actor says.
//
//	asks ──(HTTPChunk)──► writes ──► asks … ──(the Last was written)──► complete
//	asks ──(another reply, or the actor has ended)──► cut off
//	asks, writes ──(client gone or too slow, listener closed)──► cut off, the actor is told
type httpStream struct {
	sys    *System
	source Address
	client Address // stands for the client
	w      http.ResponseWriter
	on     *http.ResponseController
	pause  time.Duration // a client may read nothing
	cut    context.CancelCauseFunc
}

// End cuts the response off: its actor has ended, or nothing can be known of it.
func (s *httpStream) End(value any) {
	var why error = &sendError{s.source, ErrEnded}
	if unknown, ok := value.(Undelivered); ok {
		why = unknown
	}
	s.cut(why)
}

var (
	errStreamHeadOnly = errors.New("the client asked for the header only")
	errClientGone     = errors.New("the client is gone")
)

// maxWrite is how much is written before the client has its time anew.
const maxWrite = 64 << 10

// stream writes a response that goes on. A client that cannot have all of it is cut
// off, as net/http does it.
func (h *httpHandler) stream(w http.ResponseWriter, r *http.Request, response HTTPResponse) {
	s := &httpStream{
		sys:    h.sys,
		source: response.Stream,
		client: Address{at: h.sys.mint.Address(h.sys.nextAsk())},
		w:      w,
		on:     http.NewResponseController(w),
		pause:  h.pause,
	}
	ctx, cut := context.WithCancelCause(r.Context())
	s.cut = cut
	defer cut(nil)
	defer h.sys.follow(s.source, s)()
	response.head(w)
	if r.Method == http.MethodHead {
		s.close(errStreamHeadOnly)
		return
	}
	s.on.SetReadDeadline(time.Time{}) // it was for the body; where there is no such deadline there is none to end
	err := s.write(response.Body)
	for next := (HTTPNext{Client: s.client}); err == nil; next.Chunks++ {
		var chunk HTTPChunk
		if chunk, err = s.next(ctx, next); err != nil {
			break
		}
		if err = s.write(chunk.Body); err == nil && chunk.Last {
			s.on.SetWriteDeadline(time.Now().Add(s.pause)) // for the end that net/http writes
			return
		}
		next.Bytes += int64(len(chunk.Body))
	}
	panic(http.ErrAbortHandler)
}

// next returns the next piece. If there is none the actor knows, or is told.
func (s *httpStream) next(ctx context.Context, message HTTPNext) (HTTPChunk, error) {
	reply, err := s.sys.ask(ctx, s.source, message)
	chunk, ok := reply.(HTTPChunk)
	switch cause := context.Cause(ctx); {
	case ok: // also if the actor has ended since
	case err == nil:
		err = Unexpected{reply}
		s.close(fmt.Errorf("%w is no HTTPChunk", err))
	case cause != nil && !errors.Is(cause, ErrEnded):
		if err = cause; errors.Is(err, context.Canceled) {
			err = errClientGone
		}
		s.close(err)
	case errors.Is(err, ErrOverloaded):
		s.close(err)
	default: // its own word, or it has ended
		s.sys.log.Debug("a streamed response is cut off", "stream", s.source, "err", err)
	}
	return chunk, err
}

// write sends a piece to the client, who is given time for each part of it.
func (s *httpStream) write(piece []byte) (err error) {
	for first := true; err == nil && (first || len(piece) > 0); first = false {
		part := piece[:min(maxWrite, len(piece))]
		piece = piece[len(part):]
		s.on.SetWriteDeadline(time.Now().Add(s.pause))
		if len(part) > 0 {
			_, err = s.w.Write(part)
		}
		if err == nil {
			if err = s.on.Flush(); errors.Is(err, http.ErrNotSupported) {
				err = nil // who wraps the writer decides when the client has it
			}
		}
	}
	if err != nil {
		s.close(fmt.Errorf("the client is gone or reads too slowly: %w", causeOf(err)))
		return err
	}
	s.on.SetWriteDeadline(time.Time{}) // HTTP/2 ends a stream by it also when nothing is written
	return nil
}

// close tells the actor that the stream is over.
func (s *httpStream) close(reason error) {
	s.sys.closeStream(s.source, HTTPClosed{s.client, reason.Error()})
}

// closeStream tells an actor that a stream of its is over. An actor of this process
// never refuses that: there is one such word for each response.
func (sys *System) closeStream(source Address, m HTTPClosed) {
	if source.at.Process == sys.process {
		if c := sys.find(source); c != nil {
			c.box.put(item{message: m})
		}
		return
	}
	if err := sys.send(&source, &Address{}, m); err != nil {
		sys.counts.lost.Add(1)
		sys.log.Debug("an actor cannot be told that its stream is over", "stream", source, "err", err)
	}
}

// unheard ends the stream of a response that nobody waits for any more.
func (sys *System) unheard(message any) {
	if response, ok := message.(HTTPResponse); ok && !response.Stream.IsZero() {
		sys.closeStream(response.Stream, HTTPClosed{Reason: "nobody waits for the response any more"})
	}
}
