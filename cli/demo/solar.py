"""The texts of Brightside Solar and its leads."""

from cli.demo.contacts import Book
from cli.demo.scenes import scene, them, us

BOOK = Book(
    entries=(
        "Amelia Hart",
        "Tom Fielding, Fielding Farms",
        "Priya Nair",
        "Gareth Pugh",
        "Sophie Lindqvist",
        "Daniel Okafor, Okafor Bakery",
        "Helen Marsh",
        "Ruth Abernethy",
        "Marcus Bell",
        "Yusuf Demir, Anatolia Kitchen",
        "Claire Whitcombe",
        "Ian McAllister",
        "Nadia Rahman",
        "Peter Voss, Voss Joinery",
        "Grace Adeyemi",
        "Oliver Stanton",
        "Fiona Kerr",
        "Raj Malhotra, Malhotra Pharmacies",
        "Beth Howells",
        "Simon Tandy",
        "Leila Farouk",
        "Andrew Pike, Pike & Sons Dairy",
        "Megan Rowlands",
        "Stuart Galloway",
        "Hannah Brook, Brook Primary School",
        "Kwame Mensah",
        "Lucy Trelawney",
        "Neil Ashworth",
        "Farah Siddiqui, Lark Nursery",
        "Joanna Wilkes",
        "Craig Donnelly",
        "Isla Mackenzie",
        "Victor Almeida, Almeida Motors",
        "Rosie Chambers",
        "Graham Tully",
        "Anita Desai",
        "Ben Crossley, Crossley Brewing",
        "Wendy Fairfax",
        "Callum Reid",
        "Tessa Moore",
    ),
    tags=("roof-survey", "battery", "ev-charger", "farm", "south-facing", "quote-2023", "finance", "heat-pump"),
    towns=(("Leeds", "LS6"), ("York", "YO24"), ("Harrogate", "HG1"), ("Ilkley", "LS29"), ("Skipton", "BD23")),
    industries={
        "Fielding Farms": "Farming",
        "Okafor Bakery": "Bakery",
        "Anatolia Kitchen": "Restaurants",
        "Voss Joinery": "Joinery",
        "Malhotra Pharmacies": "Pharmacy",
        "Pike & Sons Dairy": "Farming",
        "Brook Primary School": "Education",
        "Lark Nursery": "Education",
        "Almeida Motors": "Car repair",
        "Crossley Brewing": "Brewing",
    },
    asked=(
        {"roof": "south", "bedrooms": 3},
        {"roof": "east and west", "bedrooms": 4, "hasBattery": False},
        {"roof": "flat"},
        {"roof": "south-west", "bedrooms": 2, "monthlyBill": 140},
    ),
    notes=(
        "Asked for a quote at the county show, then went quiet.",
        "Best after six in the evening.",
        "Has had a quote from somebody else and found it dear.",
        "Waits until the roof has been done.",
        "Their neighbour had panels from us.",
    ),
)
STRANGERS = ("Jo", "Mike", "Sunita", "Paul", "Carys", "Dev", "Lorna", "Hamish", "Zoe", "Terry")

SCENES = (
    scene(
        them(
            "Hi, I had a text from you about solar a while back and never answered. Is the free roof survey still on?"
        ),
        them("It's a three bed semi, the back faces south."),
        us(
            "Hi {name}, thanks for coming back to us. Yes, the survey is still free and takes about 40 minutes. "
            "Would Thursday morning or Saturday suit you?",
            "Hi {name}!! YES the FREE SURVEY is STILL ON!! Would Thursday morning or Saturday suit you?",
        ),
        them("Saturday would be better, after 10 if possible."),
        us(
            "Saturday at 10.30 it is. {agent} will come to you. Could you have a recent electricity bill to hand? "
            "It makes the figures far more accurate."
        ),
        them("Will do. See you then."),
        seeded=5,
    ),
    scene(
        them("Just looked at the quote again. 9,400 is more than we wanted to spend, to be honest."),
        us(
            "I understand, {name}. A good part of it is the battery. Without it the same panels come to 6,150, and "
            "you can add storage later. Shall I send you both side by side?",
            "I understand, {name}. We can do you a cheap version too, and I guarantee it saves you money from day "
            "one. Shall I send it?",
        ),
        them("Yes please, both versions would help."),
        us("Sent to your e-mail just now. The payback is on page two: about 8 years with the battery, 7 without."),
        them("Thanks. I'll go through it with my wife tonight."),
        us("Good plan. I'll check in on Monday unless I hear from you first."),
        seeded=4,
    ),
    scene(
        them("Sorry, can't talk now, I'm on site all week."),
        us("No problem, {name}. Is there an evening that works better, or shall I write it all down here?"),
        them("Just write it here please"),
        us(
            "Of course. In short: 10 panels, 4.2 kW, about 3,800 kWh a year, 6,150 fitted. Scaffolding and paperwork "
            "are included. What would you like to know?",
            "Of course. Our proposal consists of ten monocrystalline panels with an output of 4.2 kW in total, which "
            "on your roof and at your angle we expect to produce about 3,800 kWh in a typical year, an inverter with "
            "a display and an app, scaffolding on two sides for up to five days, all cabling and all paperwork with "
            "your network operator, for a total of 6,150 fitted, and we would need about two days on site for it.",
        ),
        them("What about bird netting? We get a lot of pigeons round here."),
        us("It's 320 if it goes on together with the panels. With that many pigeons it is worth having."),
        them("OK add it in then"),
        seeded=5,
    ),
    scene(
        them("Can someone give me a ring instead? Easier than texting."),
        us("Of course, {name}. {agent} can call you today between 4 and 6, or tomorrow before 11. Which is better?"),
        them("Today, about half 5"),
        us("Booked for 5.30 today. The call comes from this number."),
        them("Perfect, thanks"),
        seeded=3,
    ),
    scene(
        them("What size battery would we need? We're two adults and a teenager who never turns anything off"),
        us(
            "Ha, we know the type. For a home like yours 9.5 kWh usually covers the evening. Roughly how many kWh do "
            "you use in a year, {name}? It's on the bill."
        ),
        them("It says 4,310"),
        us(
            "Then 9.5 is the right size: it would carry you to about 11 at night from April to September.",
            "Then 9.5 is the right size 🔋 it would carry you to about 11 at night from April to September 😎",
        ),
        them("And in winter?"),
        us(
            "In winter there is less to store, so it charges from the grid at the night rate and you use that in "
            "the evening. Shall I put both seasons in the quote?"
        ),
        them("Yes, do that"),
        seeded=4,
    ),
    scene(
        them("Do you do finance? Can't put six grand down in one go."),
        us("We do, {name}. Over 5 years the panels come to 118 a month, over 10 years to 69. Nothing to pay upfront."),
        them("What's the catch with the 10 years?"),
        us(
            "You pay more interest: 2,130 in total against 930 over five years. You can pay it off early without a "
            "fee.",
            "No catch at all, it is completely RISK-FREE and the savings are GUARANTEED for the whole ten years.",
        ),
        them("Fair enough, thanks for being straight about it. 5 years then."),
        us("Then I'll send the 5 year offer to your e-mail. Is the address we have still right?"),
        them("Yes it is"),
        seeded=3,
    ),
    scene(
        them("We're in a conservation area. Last company told us it can't be done."),
        us(
            "It often can, {name}, as long as the panels are not on the side facing the street. Which way does your "
            "back roof face?"
        ),
        them("South west I think. There's a dormer in the middle though"),
        us("South west is fine. With the dormer I'd expect 7 or 8 panels. {agent} can check it from aerial photos."),
        them("OK please do, the postcode is on the form I filled in"),
        us("Thank you, found it. You'll have a drawing by Wednesday."),
        seeded=3,
    ),
    scene(
        them("Got a quote from someone else for 5,200 all in. Can you match it?"),
        us(
            "Perhaps not to the pound, {name}, but let's compare like with like. Does theirs include scaffolding, and "
            "which panels are they?",
            "Their stuff is cheap for a reason, {name}. Act now and I can knock off 500, but this is your LAST "
            "CHANCE this month.",
        ),
        them("Doesn't say anything about scaffolding. Panels are 410W, no name I know"),
        us(
            "Then ask them about both: scaffolding alone is 600 to 900. Ours is in the price, and the panels carry a "
            "25 year product warranty."
        ),
        them("Hm. Didn't think of that. Will ask them."),
        seeded=2,
    ),
    scene(
        them("We've decided to wait until after the kitchen is done. Maybe spring"),
        us(
            "That makes sense, {name}. If the kitchen includes new wiring, ask your electrician to leave a spare way "
            "in the consumer unit. It saves a day later."
        ),
        them("Oh that's useful, thanks. He's here on Thursday actually"),
        us("Good timing. I'll get back to you in March. Good luck with the kitchen!"),
        them("Cheers!"),
        seeded=2,
    ),
    scene(
        them("Is it true you get paid for what goes back to the grid?"),
        us("It is, {name}. At the moment between 12p and 15p per unit, depending on your supplier. Who are you with?"),
        them("Octopus"),
        us(
            "Then it's 15p. On your roof that would be about 190 a year on top of what you save.",
            "Then it's 15p ☀️ On your roof that would be about 190 a year on top of what you save 💰💰",
        ),
        them("Not bad. And who does the paperwork for that?"),
        us("We do: we register the system, and you get a form to sign. Shall I go ahead with a survey?"),
        them("Go on then"),
        us("Great. Does Tuesday at 2 work for you?"),
        them("Tuesday's good"),
        seeded=4,
    ),
    scene(
        them("Installed by you in 2021, very happy. Now thinking of an EV charger. Do you do those?"),
        us(
            "Lovely to hear, {name}. We do, and it can charge from your panels when the sun is out. Is the parking "
            "space next to the house?"
        ),
        them("Yes, driveway on the meter side"),
        us("Then it's a half day's work, 1,050 fitted. {agent} can come on the 14th or the 16th."),
        them("16th please, mornings are best"),
        us("The 16th at 9 is yours. You'll get a confirmation by e-mail."),
        them("👍"),
        seeded=4,
    ),
    scene(
        them("Still waiting for the survey report, it's been two weeks."),
        them("Hello?"),
        us(
            "I'm sorry, {name}, that is too long. I have just found it: it was waiting for a signature. You will have "
            "it by 5 today.",
            "PLEASE BE PATIENT. The report will be sent to you in due course!!",
        ),
        them("OK. Thank you for sorting it"),
        us("Thank you for the nudge. Once you have had a look, would you like {agent} to talk you through it?"),
        them("Yes, end of the week"),
        seeded=2,
    ),
    scene(
        them("What happens if we move house in a few years? Can we take the panels with us?"),
        us(
            "They stay, {name}, but they help you sell: homes with panels usually have a better energy rating. The "
            "warranty passes on to the next owner."
        ),
        them("OK so no point if we move in a year or two?"),
        us("Within two years I would not do it. From about five it starts to pay. When do you think you'll move?"),
        them("Kids start secondary in 6 years, so not before that"),
        us(
            "Then it's worth a look at the numbers. Shall I send you a six year view?",
            "Then you should act now, {name}! Prices go up next week and there is no obligation at all.",
        ),
        them("Please"),
        seeded=5,
    ),
    scene(
        them("Quick one: our roof is flat. Is that a problem?"),
        us("Not at all, {name}. We set the panels at 12 degrees, facing east and west. How old is the covering?"),
        them("Redone in 2019"),
        us("Then it'll outlive the panels. Could you send a photo from an upstairs window when you have a minute?"),
        them("Will do tonight when I'm home"),
        us("Thank you, no hurry."),
        them("Sent it to your e-mail just now"),
        seeded=3,
    ),
    scene(
        them("Are you open on Saturdays? I'd like to see the panels before deciding anything"),
        seeded=1,
    ),
    scene(
        them("Please send post to the new address, 4 Tannery Lane. We moved last week"),
        seeded=1,
    ),
    scene(
        them("My neighbour says the app stopped showing his battery. Is that a known thing?"),
        them("Ours seems fine btw"),
        seeded=2,
    ),
)

STRANGER_SCENES = (
    scene(
        them("Got a text meant for somebody called Dave. Wrong number I think."),
        us("Sorry about that, and thank you for telling us. We have taken your number off Dave's record."),
        them("No worries"),
        seeded=2,
    ),
    scene(
        them(
            "Hi, {name} here. Our neighbours at number 12 had panels fitted by you last month. What would it cost us?"
        ),
        us(
            "Hi {name}, good to hear from you. Most homes in your road come to between 5,800 and 7,200. May I ask how "
            "much electricity you use in a year?",
            "Hi {name} 👋 great to hear from you 🎉 Most homes in your road come to between 5,800 and 7,200.",
        ),
        them("About 3,200 units I think"),
        us("Then 8 panels would do, about 5,900. Shall we come and look at the roof? It's free."),
        them("Yes, any weekday after 4"),
        us("{agent} could come on Wednesday at 4.30. Would that suit you?"),
        them("Yes, see you Wednesday"),
        seeded=1,
    ),
    scene(
        them("Saw your van on Mill Lane. Do you also repair systems from other firms? Mine shows a red light"),
        us("We do. Which inverter is it, and what does the display say next to the light?"),
        them("Solis, says NO-GRID"),
        us(
            "That is often just a tripped breaker. Is there a switch marked PV or solar in your fuse box that has "
            "gone down?"
        ),
        them("There is! Light's green now. You're a star"),
        us("Glad it was that easy. If it trips again, text us and {agent} will come by."),
        seeded=0,
    ),
    scene(
        them(
            "Leaflet through the door says free survey. Is that really free or do you then sit on my sofa for 3 hours"
        ),
        us("Really free, and we don't do sofas: 40 minutes on the outside, and the figures come by e-mail."),
        them("Ha. Ok. {name}, 8 Orchard Close. Next week?"),
        us("Thank you, {name}. Next Tuesday at 11?", "Thank you, {name}!! Next TUESDAY at ELEVEN then!!"),
        them("Fine by me"),
        seeded=0,
    ),
    scene(
        them("Do you cover Hereford?"),
        us("We do, every second week. Is it for a home or a business?"),
        them("Small holiday let, 2 cottages"),
        us("Then the summer guests use most of what you make, which is ideal. May I have your name and the postcode?"),
        them("{name}, HR4 7RB"),
        us("Thank you, {name}. {agent} will look at the roofs from above and write to you tomorrow."),
        seeded=0,
    ),
)
