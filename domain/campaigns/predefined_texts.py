"""What the predefined campaigns say: by tag, a text for each of the days 1, 2, 4 and 6.

Facts and questions, no offers: what is promised about credit needs somebody who may promise it. The first text says who
writes, why, and how to stop it.
"""

HELLO = "Hi {{first_name|there}}, it's {{organization}}."
STOP = "Reply STOP to opt out."

TEXTS: dict[str, tuple[str, str, str, str]] = {
    "Ghosted": (
        f"{HELLO} You asked us about a car a while ago and we lost touch. Are you still looking? {STOP}",
        "Hello again from {{organization}}. A quick yes or no is enough: shall we look out for a car for you?",
        "Hi {{first_name|there}}, has anything changed since you asked {{organization}} about a car? Tell us"
        " what you need now and we'll see what we have.",
        "Last note from {{organization}}: we'll leave you in peace after this. If a car is on your mind again,"
        " just reply here.",
    ),
    "Payment Too High": (
        f"{HELLO} When we last spoke, the monthly payment was more than you wanted. May we look at it again? {STOP}",
        "Hi {{first_name|there}}, what would be a comfortable monthly figure for you? {{organization}} can tell"
        " you which cars come near it.",
        "A thought from {{organization}}: another car, deposit or term can change the monthly figure. Shall"
        " somebody go through it with you?",
        "Hi {{first_name|there}}, this is the last we'll say about it. If the budget is worth another look,"
        " reply and {{organization}} will call you.",
    ),
    "Credit Declined": (
        f"{HELLO} We're sorry your application didn't go through last time. Would you like to talk about what is"
        f" possible now? {STOP}",
        "Hi {{first_name|there}}, lenders look at different things. If your circumstances have changed,"
        " {{organization}} is happy to talk it over.",
        "Hello from {{organization}}. Before you apply anywhere, it helps to check your credit report for"
        " mistakes. Any questions? Just ask.",
        "Last message from {{organization}} on this, {{first_name|there}}. Whenever you'd like to talk about a"
        " car, just reply.",
    ),
    "Timing Not Right": (
        f"{HELLO} You told us the time wasn't right for a car. Is it better now, or shall we ask later? {STOP}",
        "Hi {{first_name|there}}, which month would suit you? {{organization}} will make a note and get in"
        " touch then, not before.",
        "Hello from {{organization}}. If you're just planning ahead, tell us what you have in mind and we'll"
        " send you what to look for.",
        "Last note from {{organization}}: there is no hurry. Reply when the time is right for you and we'll"
        " pick up where we left off.",
    ),
    "Right Vehicle Not Found": (
        f"{HELLO} We didn't have the car you wanted when you last asked. Stock has changed since: are you still"
        f" looking? {STOP}",
        "Hi {{first_name|there}}, which make and model would it be, and what must it have? {{organization}}"
        " will look for it.",
        "Hello from {{organization}}. Would a similar car do, or does it have to be that one? Tell us and we'll"
        " only send what fits.",
        "Last message from {{organization}}, {{first_name|there}}. Reply with the car you'd like and we'll tell"
        " you as soon as one comes in.",
    ),
    "Needed More Info": (
        f"{HELLO} When we last spoke some of the terms weren't clear. What may we explain? {STOP}",
        "Hi {{first_name|there}}, is there a figure or a word in the paperwork that puzzles you? Send it to"
        " {{organization}} and we'll put it plainly.",
        "Hello from {{organization}}. Some people would rather talk: reply with a time that suits you and"
        " somebody will ring.",
        "Last note from {{organization}}: no question is too small. Reply whenever one comes up and we'll answer it.",
    ),
    "Process Took Too Long": (
        f"{HELLO} Last time everything took too long, and we're sorry. May we make a better job of it? {STOP}",
        "Hi {{first_name|there}}, {{organization}} keeps what you already told us, so you won't have to say it"
        " twice. Shall we carry on?",
        "Hello from {{organization}}. Tell us how much time you have and we'll say honestly what can be done in it.",
        "Last message from {{organization}}, {{first_name|there}}. If you give us another go, we'll tell you at"
        " each step how long it takes.",
    ),
    "Bought Elsewhere": (
        f"{HELLO} We heard you found a car elsewhere: congratulations! How is it going? {STOP}",
        "Hi {{first_name|there}}, may {{organization}} ask what decided it for you? It helps us to do better.",
        "Hello from {{organization}}. If there is anything about it you'd like to ask somebody who knows cars,"
        " just reply.",
        "Last note from {{organization}}: enjoy the car, {{first_name|there}}. If you or somebody you know"
        " looks again, we're here.",
    ),
    "Improving Credit": (
        f"{HELLO} You wanted to work on your credit before buying a car. How is it coming along? {STOP}",
        "Hi {{first_name|there}}, being on the electoral roll and paying on time both help. Does"
        " {{organization}} need to know of anything that changed?",
        "Hello from {{organization}}. You can see your credit report free of charge with each of the UK's"
        " agencies. Have you looked lately?",
        "Last message from {{organization}} on this. When you feel ready to talk about a car,"
        " {{first_name|there}}, reply and we'll start there.",
    ),
    "Negative Equity": (
        f"{HELLO} You owed more on your car than it was worth when we last spoke. Shall we work it out again? {STOP}",
        "Hi {{first_name|there}}, what are the mileage and the settlement figure today? With both,"
        " {{organization}} can value your part exchange.",
        "Hello from {{organization}}. What a car is worth changes, and so does what is owed. Shall we look at"
        " the figures again?",
        "Last note from {{organization}}: if you'd like to know where you stand with your car, reply with the"
        " registration and we'll tell you.",
    ),
    "Needed a Cosigner": (
        f"{HELLO} Last time you needed somebody to apply together with you. Have you found anyone? {STOP}",
        "Hi {{first_name|there}}, a guarantor or joint applicant takes on real responsibility. {{organization}}"
        " can explain it to you both.",
        "Hello from {{organization}}. If nobody can sign with you, there may be another way to go about it."
        " Shall we talk it through?",
        "Last message from {{organization}}, {{first_name|there}}. Once you know who could apply with you, or"
        " that nobody can, reply and we'll go on.",
    ),
    "Disliked Approved Vehicle": (
        f"{HELLO} The car you could have had wasn't the one you wanted. Shall we look at others? {STOP}",
        "Hi {{first_name|there}}, what did you miss in it: size, age, colour, something else? Tell"
        " {{organization}} and we'll look again.",
        "Hello from {{organization}}. Our stock has changed since. Would you like to see two or three that are"
        " closer to what you described?",
        "Last note from {{organization}}: nobody should drive a car they don't like. Reply when you'd like to"
        " see what else there is.",
    ),
    "Rate Too High": (
        f"{HELLO} The rate you were shown last time was higher than you hoped. May we go over it with you? {STOP}",
        "Hi {{first_name|there}}, a rate depends on the lender, the car, the deposit and the term."
        " {{organization}} can show you which matters most.",
        "Hello from {{organization}}. Have your circumstances changed since we last spoke? If so it may be"
        " worth asking again.",
        "Last message from {{organization}} about this, {{first_name|there}}. If you'd like somebody to compare"
        " the figures with you, just reply.",
    ),
    "Missing Documents": (
        f"{HELLO} We only need a document or two to go on with your car. May we remind you which? {STOP}",
        "Hi {{first_name|there}}, most people are short of a proof of address or of income. Ask"
        " {{organization}} and we'll say which counts.",
        "Hello from {{organization}}. Please don't text us documents: reply and we'll tell you a safe way to"
        " send them.",
        "Last note from {{organization}}, {{first_name|there}}: your papers can be handed in any time. Reply"
        " and we'll take it from there.",
    ),
}
