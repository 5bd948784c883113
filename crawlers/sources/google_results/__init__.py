"""Google's result pages, read by what their markup means; one module for each family of layouts and blocks.

`frame` reads what is around the results (query, language, device, totals, "no results"), `refusals`
recognises refusals, `walk` goes through the page once and in order, `blocks` knows everything that is not
an organic result, `organic` the results themselves on desktop and mobile (2018–2026), `nojs` the pages for
browsers without JavaScript.
"""
