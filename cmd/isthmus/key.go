package main

import (
	"context"
	"fmt"
	"io"

	"isthmus/configs"
	"isthmus/core/seal"
	"isthmus/core/store"

	"github.com/spf13/cobra"
)

func rotateKeyCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{Use: "rotate-key", Short: "Add a new key to the key file and seal everybody's secrets with it", Args: cobra.NoArgs,
		Long: "Adds a new key to the key file and seals everybody's secrets in the store with it. The old keys stay in the file, for backups of the store need them.\n" +
			"A gateway that runs meanwhile goes on with the old key: restart it afterwards.",
		RunE: func(cmd *cobra.Command, _ []string) error { return rotateKey(cmd.Context(), path, cmd.OutOrStdout()) }}
	configFlag(cmd, &path)
	return cmd
}

func rotateKey(ctx context.Context, path string, out io.Writer) (err error) {
	c, err := configs.Load(path)
	if err != nil {
		return err
	}
	opened, err := store.Open(ctx, c.Store, logger(c.Log))
	if err != nil {
		return err
	}
	defer closeStore(opened, &err)
	if err := seal.Rotate(c.KeyFile); err != nil {
		return err
	}
	fmt.Fprintln(out, "There is a new key in", c.KeyFile+". Copy the file to where you keep its backup.")
	keys, err := seal.Open(c.KeyFile)
	if err != nil {
		return err
	}
	sealed, left := 0, 0
	reseal := func(data []byte, where, what string, replace func(fresh []byte) store.Change) error {
		fresh, changed, problem := keys.ResealOptions(data, where)
		if problem != nil {
			left++
			fmt.Fprintf(out, "%s was left as it is: %v\n", what, problem)
		}
		if !changed {
			return nil
		}
		sealed++
		return commit(opened, replace(fresh))
	}
	for _, t := range c.Transports {
		options, err := opened.Options(ctx, t.Domain)
		if err != nil {
			return err
		}
		for _, o := range options {
			err := reseal(o.Data, o.Where(), "What "+o.Person+" has set on "+place(o), func(fresh []byte) store.Change {
				was := o.Data
				o.Data = fresh
				return store.ReplaceOptions{Options: o, Was: was}
			})
			if err != nil {
				return err
			}
		}
	}
	accounts, err := opened.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		err := reseal(a.Data, a.Where(), "The account of "+a.Owner+" on "+a.Scope+" ("+a.Transport+")", func(fresh []byte) store.Change {
			was := a.Data
			a.Data = fresh
			return store.ReplaceAccount{Account: a, Was: was}
		})
		if err != nil {
			return err
		}
	}
	relays, err := opened.Relays(ctx)
	if err != nil {
		return err
	}
	for _, r := range relays {
		err := reseal(r.Data, r.Where(), "The "+r.Where(), func(fresh []byte) store.Change {
			was := r.Data
			r.Data = fresh
			return store.ReplaceRelay{Relay: r, Was: was}
		})
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Sealed with it: %s of secrets; in %s there are some that could not be opened.\n", count(sealed, "set", "sets"), count(left, "set", "sets"))
	return nil
}

// place is where options hold, for people.
func place(o store.Options) string {
	switch {
	case o.Scope == "":
		return o.Transport
	case o.Place == "":
		return o.Scope + " (" + o.Transport + ")"
	}
	return o.Place + " at " + o.Scope + " (" + o.Transport + ")"
}

// commit hands changes to the store and waits until they are on disk.
func commit(s *store.Store, changes ...store.Change) error {
	outcome := make(chan error, 1)
	s.Write(func(err error) { outcome <- err }, changes...)
	return <-outcome
}

// closeStore closes the store at the end of a command; an error counts where there was none before.
func closeStore(s *store.Store, err *error) {
	if closed := s.Close(); closed != nil && *err == nil {
		*err = fmt.Errorf("closing the store: %w", closed)
	}
}
