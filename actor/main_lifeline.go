package actor

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// openLifeline watches the reading end of a pipe, given as the number of a file
// descriptor. The other end is held open by group-cake alone and nothing is ever
// written: the pipe ends when group-cake does, however it ends. The channel is
// closed then; it is nil if text is empty. The goroutine that watches lives as
// long as the process.
func openLifeline(text string) (<-chan struct{}, error) {
	if text == "" {
		return nil, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number <= 2 {
		return nil, fmt.Errorf("%s=%s: this is no number of a pipe", LifelineVariable, text)
	}
	pipe := os.NewFile(uintptr(number), "lifeline")
	info, err := pipe.Stat()
	if err != nil {
		return nil, fmt.Errorf("%s=%s: %w", LifelineVariable, text, err)
	}
	if info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return nil, fmt.Errorf("%s=%s: file descriptor %d is no pipe", LifelineVariable, text, number)
	}
	syscall.CloseOnExec(number) // it is ours, not our children's
	gone := make(chan struct{})
	go func() {
		io.Copy(io.Discard, pipe)
		close(gone)
	}()
	return gone, nil
}
