package media

import (
	"context"
	"io"
	"sync"

	"isthmus/core/store"
	"isthmus/transports"
)

// openers are the accounts that can open files now.
type openers struct {
	mu      sync.Mutex
	byScope map[scope]map[int64]transports.Files
}

type scope struct {
	transport string
	scope     string
}

// maxOthers bounds how many other accounts of a scope are asked for a file.
const maxOthers = 3

// Attach tells that an account can open the files of its scope, until the function that it returns is called.
func (t *Transport) Attach(of transports.Scope, account int64, files transports.Files) (detach func()) {
	o, key := &t.openers, scope{t.domain, string(of)}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.byScope == nil {
		o.byScope = map[scope]map[int64]transports.Files{}
	}
	if o.byScope[key] == nil {
		o.byScope[key] = map[int64]transports.Files{}
	}
	o.byScope[key][account] = files
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.byScope[key], account)
		if len(o.byScope[key]) == 0 {
			delete(o.byScope, key)
		}
	}
}

// who are the accounts to ask for a file: the one that got it first, then others of its scope.
func (o *openers) who(file store.File) []transports.Files {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []transports.Files
	accounts := o.byScope[scope{file.Transport, file.Scope}]
	if first, ok := accounts[file.Account]; ok {
		all = append(all, first)
	}
	for account, files := range accounts {
		if len(all) > maxOthers {
			break
		}
		if account != file.Account {
			all = append(all, files)
		}
	}
	return all
}

// open opens a file by whichever account can.
func (m *Media) open(file store.File, described transports.File) opener {
	return func(ctx context.Context) (io.ReadCloser, error) {
		var err error = &transports.Fault{Kind: transports.Offline, Text: "No account that could fetch this file is connected. Try again later."}
		for _, files := range m.openers.who(file) {
			content, failed := files.OpenFile(ctx, described)
			if failed == nil {
				return content, nil
			}
			err = failed
		}
		return nil, err
	}
}
