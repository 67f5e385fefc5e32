import { useEffect, useState, type FormEvent } from 'react';
import styles from './Count.module.css';
import logo from './logo.svg';

interface Entry {
  id: number;
  name: string;
  text: string;
}

export function App() {
  const [entries, setEntries] = useState<Entry[]>([]);
  const [visits, setVisits] = useState(0);
  const [problem, setProblem] = useState('');

  useEffect(() => {
    void fetch('/api/entries')
      .then((response) => response.json())
      .then(setEntries);
  }, []);

  async function sign(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const response = await fetch('/api/entries', { method: 'POST', body: new FormData(form) });
    const answer = await response.json();
    if (!response.ok) {
      setProblem(answer.error);
      return;
    }
    setProblem('');
    setEntries((known) => [answer, ...known]);
    form.reset();
  }

  return (
    <main className="min-h-screen bg-stone-50 text-stone-900 dark:bg-stone-950 dark:text-stone-100">
      <div className="mx-auto max-w-xl px-6 py-12">
        <header className="flex items-center gap-4">
          <img src={logo} alt="" className="size-10" />
          <h1 className="text-2xl font-semibold tracking-tight">Guest book</h1>
          <button
            type="button"
            onClick={() => setVisits(visits + 1)}
            className="ml-auto rounded-lg border border-stone-300 px-3 py-1.5 text-sm hover:bg-stone-100 dark:border-stone-700 dark:hover:bg-stone-900"
          >
            Waved <span className={styles.count}>{visits}</span> times
          </button>
        </header>

        <form onSubmit={sign} className="mt-8 space-y-3">
          <input
            name="name"
            placeholder="Your name"
            aria-label="Your name"
            className="w-full rounded-lg border border-stone-300 bg-white px-3 py-2 dark:border-stone-700 dark:bg-stone-900"
          />
          <textarea
            name="text"
            placeholder="Say something"
            aria-label="Say something"
            rows={3}
            className="w-full rounded-lg border border-stone-300 bg-white px-3 py-2 dark:border-stone-700 dark:bg-stone-900"
          />
          <div className="flex items-center gap-4">
            <button
              type="submit"
              className="rounded-lg bg-teal-700 px-4 py-2 font-medium text-white hover:bg-teal-800"
            >
              Sign
            </button>
            {problem !== '' && <p className="text-sm text-red-700 dark:text-red-400">{problem}</p>}
          </div>
        </form>

        <ul className="mt-10 space-y-4">
          {entries.map(({ id, name, text }) => (
            <li
              key={id}
              className="rounded-xl border border-stone-200 bg-white p-4 dark:border-stone-800 dark:bg-stone-900"
            >
              <p>{text}</p>
              <p className="mt-1 text-sm text-stone-500 dark:text-stone-400">{name}</p>
            </li>
          ))}
        </ul>
      </div>
    </main>
  );
}
