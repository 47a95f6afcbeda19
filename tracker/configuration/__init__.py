"""Configuration: contest files, settings and the environment, read whole or refused whole.

contest_file.read_contest(path)   a contest; ConfigError with every fault
contest_file.check(path)          faults and warnings as values
contest_text.write(contest)       the text of its file; `template(id)` that of a new one
contest_json.convert(json)        the text of a file from older research data
settings.load(folder, environ)    everything configured
"""
