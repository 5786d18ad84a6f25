import { type FormEvent, useState } from 'react';
import { Icon } from '../design/icon.js';
import { type ClientState, missingTodos } from './state.js';
import type { Client } from './use-client.js';

interface TodoPanelProps {
  readonly state: ClientState;
  readonly busy: boolean;
  readonly actions: Client['actions'];
}

/** The todo list as the last server answered it, and the acknowledged todos it did not have. */
export function TodoPanel({ state, busy, actions }: TodoPanelProps) {
  const [title, setTitle] = useState('');
  const missing = missingTodos(state);
  const add = (event: FormEvent) => {
    event.preventDefault();
    void actions.add(title.trim()).then((answer) => answer.ok && setTitle(''));
  };
  return (
    <section className="panel" aria-label="Todos">
      <header className="panel-header">
        <h2>Todos</h2>
        <button type="button" disabled={busy || state.user === null} onClick={() => void actions.list()}>
          Read again
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by keyboard while its controls are disabled */}
      <ul className="todos" aria-label="Your todos" tabIndex={0}>
        {state.todos.map((todo) => (
          <li key={todo.id} className="todo">
            <label>
              <input
                type="checkbox"
                checked={todo.done}
                disabled={busy}
                onChange={(event) => void actions.setDone(todo.id, event.target.checked)}
              />
              <span className={todo.done ? 'done' : undefined}>{todo.title}</span>
            </label>
            <button
              type="button"
              className="quiet"
              disabled={busy}
              aria-label={`Delete ${todo.title}`}
              onClick={() => void actions.remove(todo.id)}
            >
              <Icon name="remove" />
            </button>
          </li>
        ))}
        {missing.map((todo) => (
          <li key={todo.id} className="todo todo-missing">
            <span>{todo.title}</span>
            <em>missing</em>
          </li>
        ))}
      </ul>
      {state.todos.length + missing.length === 0 ? <p className="empty">{emptySentence(state)}</p> : null}
      <form className="panel-form" onSubmit={add}>
        <input
          className="panel-input"
          aria-label="New todo"
          placeholder="New todo"
          maxLength={200}
          value={title}
          disabled={state.user === null}
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit" disabled={busy || title.trim() === '' || state.user === null}>
          Add
        </button>
      </form>
    </section>
  );
}

function emptySentence({ user, todosRead }: ClientState): string {
  if (user === null) return 'Sign in to see your todos.';
  return todosRead ? 'No todos yet.' : 'The todos have not been read yet.';
}
