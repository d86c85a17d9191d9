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
	ended  <-chan struct{}
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
	if c := h.sys.find(s.source); c != nil {
		s.ended = c.over()
	}
	response.head(w)
	if r.Method == http.MethodHead {
		s.close(errStreamHeadOnly)
		return
	}
	s.on.SetReadDeadline(time.Time{}) // it was for the body; where there is no such deadline there is none to end
	err := s.write(response.Body)
	for next := (HTTPNext{Client: s.client}); err == nil; next.Chunks++ {
		var chunk HTTPChunk
		if chunk, err = s.next(r.Context(), next); err != nil {
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
	reply, err := s.sys.askUntil(ctx, s.ended, s.source, message)
	chunk, ok := reply.(HTTPChunk)
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
		if errors.Is(err, context.Canceled) {
			err = errClientGone
		}
		s.close(err)
	case errors.Is(err, ErrOverloaded):
		s.close(err)
	case err != nil: // its own word, or it has ended
		s.sys.log.Debug("a streamed response is cut off", "stream", s.source, "err", err)
	case !ok:
		err = Unexpected{reply}
		s.close(fmt.Errorf("%w is no HTTPChunk", err))
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

// askUntil is ask that also ends when the actor has ended; nil: it is not here.
func (sys *System) askUntil(ctx context.Context, ended <-chan struct{}, to Address, message any) (any, error) {
	a := sys.newAsk()
	a.wake = make(chan *ask, 1)
	if err := sys.request(a, to, message); err != nil {
		return a.abandon(err)
	}
	select {
	case <-a.wake:
		return a.reply, a.err
	case <-ctx.Done():
		return a.abandon(context.Cause(ctx))
	case <-ended:
		return a.abandon(&sendError{to, ErrEnded})
	case <-sys.closed:
		return a.abandon(&sendError{to, ErrEnded})
	}
}
