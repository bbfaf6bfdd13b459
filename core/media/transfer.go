package media

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"isthmus/transports"
)

const (
	// transferTimeout bounds a transfer, and idleTimeout how long it may stand still.
	transferTimeout = 10 * time.Minute
	idleTimeout     = 30 * time.Second
)

var errIdle = errors.New("nothing came for too long")

// errLarge is how copies end that are over their limit.
var errLarge = errors.New("the file is larger than allowed")

// copied is what a transfer has found out.
type copied struct {
	size int64
	sum  []byte // SHA-256
	head []byte // the first bytes
}

// transfer copies a content of at most limit bytes, which may come from anyone: it ends when ctx does, and when nothing comes for too long,
// in which case cancel is called to end the reading.
func transfer(to io.Writer, from io.Reader, limit int64, cancel context.CancelCauseFunc) (copied, error) {
	idle := time.AfterFunc(idleTimeout, func() { cancel(errIdle) })
	defer idle.Stop()
	hash := sha256.New()
	var c copied
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		idle.Reset(idleTimeout)
		if c.size += int64(n); c.size > limit {
			return c, errLarge
		}
		if n > 0 {
			hash.Write(buffer[:n])
			if len(c.head) < sniffed {
				c.head = append(c.head, buffer[:min(n, sniffed-len(c.head))]...)
			}
			if _, err := to.Write(buffer[:n]); err != nil {
				return c, err
			}
		}
		if errors.Is(err, io.EOF) {
			c.sum = hash.Sum(nil)
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
}

// tooLarge says how large a file may be.
func tooLarge(limit int64) *transports.Fault {
	return &transports.Fault{Kind: transports.TooLarge, Text: fmt.Sprintf("The file is too large: at most %s can be passed on.", Bytes(limit))}
}

// Bytes writes a size for people.
func Bytes(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	size, name := float64(n), ""
	for _, name = range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size /= unit; size < unit {
			break
		}
	}
	if size >= 10 || size == float64(int64(size)) {
		return fmt.Sprintf("%.0f %s", size, name)
	}
	return fmt.Sprintf("%.1f %s", size, name)
}
